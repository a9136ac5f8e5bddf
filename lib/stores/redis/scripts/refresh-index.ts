import { RedisScript } from '../redis-script.js';

export const refreshIndex = new RedisScript(`
-- Moves the expiry of an entry in the index of a user, or puts a new key in the place of a former one.
-- KEYS[1] the index   ARGV[1] now   ARGV[2] the key   ARGV[3] its new expiry   ARGV[4] the former key, or ''
-- Answers 1 when it is done, 0 when neither entry is there: what is gone stays gone.
local function live(key)
  local score = redis.call('ZSCORE', KEYS[1], key)
  return score and tonumber(score) > tonumber(ARGV[1])
end
if not live(ARGV[2]) and (ARGV[4] == '' or not live(ARGV[4])) then
  return 0
end
if ARGV[4] ~= '' then
  redis.call('ZREM', KEYS[1], ARGV[4])
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))
return 1
`);
