import { RedisScript } from '../redis-script.js';

export const replaceRecord = new RedisScript(`
-- Replaces a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] SHA-1 of the payload that was read   ARGV[2] the new payload   ARGV[3] its TTL in ms
-- ARGV[4] 1 to write even when Redis is full, provided that the new payload is no longer than the old one
-- Returns 1 when replaced, 0 when there is no record, or else the payload that is there instead.
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
  -- Redis lets a script that has already written go on, so the SET succeeds after this.
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
`);
