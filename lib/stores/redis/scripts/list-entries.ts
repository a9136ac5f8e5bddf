import { RedisScript } from '../redis-script.js';

export const listEntries = new RedisScript(`
-- The keys of a user's entries that have not expired, ordered by expiry, the earliest first.
-- KEYS[1] the index of the user   ARGV[1] how many at most, or -1 for all
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf', 'LIMIT', 0, ARGV[1])
`);
