import { RedisScript } from '../redis-script.js';

export const removeEntry = new RedisScript(`
-- Removes an entry from the index of a user.
-- KEYS[1] the index   ARGV[1] the key
-- Returns 1 when this call removed it, 0 when there was no entry or it had expired.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not score or tonumber(score) <= now then
  return 0
end
return 1
`);
