import { RedisScript } from '../redis-script.js';

export const addEntry = new RedisScript(`
-- Adds an entry to the index of a user: counts, then evicts or refuses, then adds, in one step.
-- KEYS[1] the index, a sorted set of keys scored by expiry (epoch ms, by this server's clock)
-- ARGV[1] now and ARGV[3] the entry's expiry, by the clock of the instance   ARGV[2] the key
-- ARGV[4] how many sessions are allowed, or -1 for any number   ARGV[5] 'evict-oldest' or 'reject'
-- Returns 0 when refused, or else the evicted keys.
local index, key = KEYS[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A difference below one second is ignored: it is mostly the latency of the network.
local lead = tonumber(ARGV[1]) - now
if math.abs(lead) < 1000 then lead = 0 end

local excess = 0
local max = tonumber(ARGV[4])
if max >= 0 then
  -- A client that did not get the reply may send this again.
  local score = redis.call('ZSCORE', index, key)
  local own = score and tonumber(score) > now and 1 or 0
  excess = redis.call('ZCOUNT', index, string.format('(%.0f', now), '+inf') - own + 1 - max
  if excess > 0 and ARGV[5] == 'reject' then
    if own == 0 then return 0 end
    excess = 0
  end
end
-- This comes before any eviction: if Redis is full, the script fails here, and nobody has been evicted.
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
-- The index expires together with its last entry.
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
if last[2] then
  redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
end
return evicted
`);
