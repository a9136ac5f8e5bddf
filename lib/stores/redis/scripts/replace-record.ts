import { RedisScript } from '../redis-script.js';

export const replaceRecord = new RedisScript(`
-- Replaces a record if it is still the one that was loaded.
-- KEYS[1] the record   ARGV[1] SHA-1 of the loaded payload   ARGV[2] the new payload   ARGV[3] its TTL in ms
-- ARGV[4] 1 when a Redis that is full should take it too, where it is no longer than the one there
-- Answers 1 when it is done, 0 when the record is gone, or else the payload that stands there instead.
local current = redis.call('GET', KEYS[1])
if not current then
  return 0
end
if redis.sha1hex(current) ~= ARGV[1] then
  return current
end
local answer = redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if answer.err then
  if ARGV[4] ~= '1' or #ARGV[2] > #current then
    return answer
  end
  -- A script that has written already is no longer refused.
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
`);
