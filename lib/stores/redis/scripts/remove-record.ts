import { RedisScript } from '../redis-script.js';

export const removeRecord = new RedisScript(`
-- Removes a record if it is still the one that was loaded.
-- KEYS[1] the record   ARGV[1] SHA-1 of the loaded payload
-- Answers 1 when it is done, 0 when the record is gone, or else the payload that stands there instead.
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
