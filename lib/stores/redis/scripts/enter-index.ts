import { RedisScript } from '../redis-script.js';

export const enterIndex = new RedisScript(`
-- Enters a session in the index of its user: counts, evicts or refuses, and enters, in one step.
-- KEYS[1] the index, a sorted set of keys scored by expiry (epoch ms)
-- ARGV[1] now   ARGV[2] the key   ARGV[3] its expiry
-- ARGV[4] how many sessions are allowed, or -1 for any number   ARGV[5] 'evict-oldest' or 'reject'
-- Answers 0 when it was refused, or else the keys that had to go.
local index, key = KEYS[1], ARGV[2]
redis.call('ZREMRANGEBYSCORE', index, '-inf', ARGV[1])
local evicted = {}
local max = tonumber(ARGV[4])
if max >= 0 then
  -- A client that lost the answer may send this again.
  local own = redis.call('ZSCORE', index, key) and 1 or 0
  local excess = redis.call('ZCARD', index) - own + 1 - max
  if excess > 0 and own == 0 and ARGV[5] == 'reject' then
    return 0
  end
  if excess > 0 and ARGV[5] ~= 'reject' then
    for _, oldest in ipairs(redis.call('ZRANGE', index, 0, excess - 1 + own)) do
      if oldest ~= key and #evicted < excess then
        evicted[#evicted + 1] = oldest
        redis.call('ZREM', index, oldest)
      end
    end
  end
end
redis.call('ZADD', index, ARGV[3], key)
-- The index ends with its last entry, by itself.
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
return evicted
`);
