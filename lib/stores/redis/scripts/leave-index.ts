import { RedisScript } from '../redis-script.js';

export const leaveIndex = new RedisScript(`
-- Takes an entry out of the index of a user.
-- KEYS[1] the index   ARGV[1] now   ARGV[2] the key
-- Answers 1 to the one who took it, 0 when there was none, or none that had not expired.
local score = redis.call('ZSCORE', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[1], ARGV[2])
if not score or tonumber(score) <= tonumber(ARGV[1]) then
  return 0
end
return 1
`);
