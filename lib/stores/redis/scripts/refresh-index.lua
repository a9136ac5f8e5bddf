-- Moves the expiry of an entry in the index of a user.
-- KEYS[1] the index   ARGV[1] now   ARGV[2] the key   ARGV[3] its new expiry
-- Answers 1 when it is done, 0 when the entry is gone: it stays gone.
local score = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not score or tonumber(score) <= tonumber(ARGV[1]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))
return 1
