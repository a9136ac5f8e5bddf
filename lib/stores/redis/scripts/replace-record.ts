import { RedisScript } from '../redis-script.js';

export const replaceRecord = new RedisScript(`
-- Replaces a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] SHA-1 of the payload that was read   ARGV[2] the new payload   ARGV[3] its TTL in ms
-- ARGV[4] 1 to write even when Redis is full, provided that the new payload is no longer than the old one
-- ARGV[5] the turn of this writer, '' for none, or '-' to go by nobody's turn
-- Returns 1 when replaced, 0 when there is no record, 2 when it is another writer's turn, or else the
-- payload that is there instead.
-- A turn is taken for a moment by whoever has met several conflicts. Its key is of the same slot, and a
-- user of Redis who may not touch it has no turns.
local turnKey, holder
if ARGV[5] ~= '-' then
  turnKey = (KEYS[1]:find('{', 1, true) and KEYS[1] or '{' .. KEYS[1] .. '}') .. ':turn'
  holder = redis.pcall('GET', turnKey)
  if type(holder) == 'string' and holder ~= ARGV[5] then
    return 2
  end
end
local current = redis.call('GET', KEYS[1])
if not current then
  return 0
end
if redis.sha1hex(current) ~= ARGV[1] then
  if ARGV[5] ~= '' and ARGV[5] ~= '-' then
    redis.pcall('SET', turnKey, ARGV[5], 'PX', 20)
  end
  return current
end
if holder == ARGV[5] and holder then
  redis.pcall('DEL', turnKey)
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
