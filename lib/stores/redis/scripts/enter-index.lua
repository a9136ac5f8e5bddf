-- Enters a session in the index of its user: counts, evicts or refuses, and enters, in one step.
-- KEYS[1] the index, a sorted set of keys scored by expiry (epoch ms)
-- ARGV[1] now   ARGV[2] the key   ARGV[3] its expiry   ARGV[4] the key whose place it takes, or ''
-- ARGV[5] how many sessions are allowed, or 0 for any number   ARGV[6] 'evict-oldest' or 'reject'
-- Answers 0 when it was refused, or else the keys that had to go.
local index, key, replaced = KEYS[1], ARGV[2], ARGV[4]
redis.call('ZREMRANGEBYSCORE', index, '-inf', ARGV[1])
local evicted = {}
local max = tonumber(ARGV[5])
if max > 0 then
  local freed = redis.call('ZSCORE', index, replaced) and 1 or 0
  local excess = redis.call('ZCARD', index) - freed + 1 - max
  if excess > 0 and ARGV[6] == 'reject' then
    return 0
  end
  if excess > 0 then
    for _, oldest in ipairs(redis.call('ZRANGE', index, 0, excess - 1 + freed)) do
      if oldest ~= replaced and #evicted < excess then
        evicted[#evicted + 1] = oldest
        redis.call('ZREM', index, oldest)
      end
    end
  end
end
redis.call('ZREM', index, replaced)
redis.call('ZADD', index, ARGV[3], key)
-- The index ends with its last entry, by itself.
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', index, string.format('%.0f', tonumber(last[2])))
return evicted
