import { RedisScript } from '../redis-script.js';

export const leaveIndex = new RedisScript(`
-- Takes an entry out of the index of a user.
-- KEYS[1] the index   ARGV[1] the key
-- Answers 1 to the one who took it, 0 when there was none, or none that had not expired.
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
