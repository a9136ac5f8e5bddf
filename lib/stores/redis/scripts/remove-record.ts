import { RedisScript } from '../redis-script.js';

export const removeRecord = new RedisScript(`
-- Removes a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] SHA-1 of the payload that was read
-- Returns 1 when removed, 0 when there is no record, or else the payload that is there instead.
local current = redis.call('GET', KEYS[1])
if not current then
  return 0
end
if redis.sha1hex(current) ~= ARGV[1] then
  return current
end
redis.call('DEL', KEYS[1])
return 1
`);
