import { RedisScript } from '../redis-script.js';

export const removeEntries = new RedisScript(`
-- Removes entries from the index of a user.
-- KEYS[1] the index   ARGV the keys
-- Returns for each 1 when this call removed it, 0 when there was no entry or it had expired.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local removed = {}
for place, key in ipairs(ARGV) do
  local score = redis.call('ZSCORE', KEYS[1], key)
  redis.call('ZREM', KEYS[1], key)
  removed[place] = score and tonumber(score) > now and 1 or 0
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return removed
`);
