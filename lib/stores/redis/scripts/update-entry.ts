import { RedisScript } from '../redis-script.js';

export const updateEntry = new RedisScript(`
-- Gives an entry in the index of a user another expiry, or replaces a former key by a new one.
-- KEYS[1] the index   ARGV[2] the key   ARGV[4] the former key, or ''
-- ARGV[1] now and ARGV[3] the new expiry, by the clock of the instance
-- Returns 1 when updated, 0 when there is neither entry: an entry that is gone stays gone.
local index, key, former = KEYS[1], ARGV[2], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A difference below one second is ignored: it is mostly the latency of the network.
local lead = tonumber(ARGV[1]) - now
if math.abs(lead) < 1000 then lead = 0 end

local function live(entry)
  local score = redis.call('ZSCORE', index, entry)
  return score and tonumber(score) > now
end
if not live(key) and (former == '' or not live(former)) then
  return 0
end
-- Redis refuses ZADD when it is full, but not from a script that has already written. So the old entry
-- is removed first; the new one takes no more room than that has freed.
redis.call('ZREM', index, key, former)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
redis.call('ZADD', index, tonumber(ARGV[3]) - lead, key)
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
return 1
`);
