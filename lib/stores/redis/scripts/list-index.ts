import { RedisScript } from '../redis-script.js';

export const listIndex = new RedisScript(`
-- The keys in the index of a user that have not expired, the one that expires first before the others.
-- KEYS[1] the index
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
`);
