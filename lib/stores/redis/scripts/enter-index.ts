import { RedisScript } from '../redis-script.js';

export const enterIndex = new RedisScript(`
-- Enters a session in the index of its user: counts, evicts or refuses, and enters, in one step.
-- KEYS[1] the index, a sorted set of keys scored by expiry (epoch ms, by this server's clock)
-- ARGV[1] now and ARGV[3] the entry's expiry, by the clock of the instance   ARGV[2] the key
-- ARGV[4] how many sessions are allowed, or -1 for any number   ARGV[5] 'evict-oldest' or 'reject'
-- Answers 0 when it was refused, or else the keys that had to go.
local index, key = KEYS[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Clocks that agree to a second are taken for one: the rest is mostly the time of the way here.
local lead = tonumber(ARGV[1]) - now
if math.abs(lead) < 1000 then lead = 0 end

local excess = 0
local max = tonumber(ARGV[4])
if max >= 0 then
  -- A client that lost the answer may send this again.
  local score = redis.call('ZSCORE', index, key)
  local own = score and tonumber(score) > now and 1 or 0
  excess = redis.call('ZCOUNT', index, string.format('(%.0f', now), '+inf') - own + 1 - max
  if excess > 0 and ARGV[5] == 'reject' then
    if own == 0 then return 0 end
    excess = 0
  end
end
-- The first write: a Redis that is full refuses it, and then nobody has gone for nothing.
redis.call('ZADD', index, tonumber(ARGV[3]) - lead, key)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
local evicted = {}
if excess > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', index, 0, excess)) do
    if oldest ~= key and #evicted < excess then
      evicted[#evicted + 1] = oldest
      redis.call('ZREM', index, oldest)
    end
  end
end
-- The index ends with its last entry, by itself.
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
if last[2] then
  redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
end
return evicted
`);
