import { RedisScript } from '../redis-script.js';

export const refreshIndex = new RedisScript(`
-- Moves the expiry of an entry in the index of a user, or puts a new key in the place of a former one.
-- KEYS[1] the index   ARGV[2] the key   ARGV[4] the former key, or ''
-- ARGV[1] now and ARGV[3] the new expiry, by the clock of the instance
-- Answers 1 when it is done, 0 when neither entry is there: what is gone stays gone.
local index, key, former = KEYS[1], ARGV[2], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Clocks that agree to a second are taken for one: the rest is mostly the time of the way here.
local lead = tonumber(ARGV[1]) - now
if math.abs(lead) < 1000 then lead = 0 end

local function live(entry)
  local score = redis.call('ZSCORE', index, entry)
  return score and tonumber(score) > now
end
if not live(key) and (former == '' or not live(former)) then
  return 0
end
-- A Redis that is full takes an entry from a script that has written already; this one needs no room
-- but that of the one that goes.
redis.call('ZREM', index, key, former)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
redis.call('ZADD', index, tonumber(ARGV[3]) - lead, key)
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
return 1
`);
