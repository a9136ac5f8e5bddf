import { RedisScript } from '../redis-script.js';
import { REFUSE_OTHERS } from './refuse-others.js';

export const replaceRecord = new RedisScript(`
-- Replaces a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] its first characters and ARGV[2] how many, or the SHA-1 of all of it and 0
-- ARGV[3] the new payload   ARGV[4] its TTL in ms
-- ARGV[5] 1 to write even when Redis is full, provided that the new payload is no longer than the old one
-- ARGV[6] the turn of this writer, '' for none, or '-' to go by nobody's turn
-- Returns 1 when replaced, 0 when there is no record, 2 when it is another writer's turn, or else the
-- payload that is there instead.
-- A turn is taken for a moment by whoever has met several conflicts. Its key is of the same slot, and a
-- user of Redis who may not touch it has no turns.
local turnKey, holder
if ARGV[6] ~= '-' then
  turnKey = (KEYS[1]:find('{', 1, true) and KEYS[1] or '{' .. KEYS[1] .. '}') .. ':turn'
  holder = redis.pcall('GET', turnKey)
  if type(holder) == 'string' and holder ~= ARGV[6] then
    return 2
  end
end
local function conflict()
  if ARGV[6] ~= '' and ARGV[6] ~= '-' then
    redis.pcall('SET', turnKey, ARGV[6], 'PX', 20)
  end
end
${REFUSE_OTHERS}
if holder == ARGV[6] and holder then
  redis.pcall('DEL', turnKey)
end
local answer = redis.pcall('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
if answer.err then
  if ARGV[5] ~= '1' or #ARGV[3] > redis.call('STRLEN', KEYS[1]) then
    return answer
  end
  -- Redis lets a script that has already written go on, so the SET succeeds after this.
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
end
return 1
`);
