import { RedisScript } from '../redis-script.js';
import { REFUSE_OTHERS } from './refuse-others.js';

export const replaceRecord = new RedisScript(`
-- Replaces a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] its first characters, or the SHA-1 of all of it
-- ARGV[2] the new payload   ARGV[3] its TTL in ms   ARGV[4] the turn of this writer, if it has one
-- Returns 1 when replaced, 0 when there is no record, 2 when it is another writer's turn, or else the
-- payload that is there instead.
-- A turn is taken for a moment by whoever has met several conflicts. Its key is of the same slot, and a
-- user of Redis who may not touch it has no turns.
local turnKey = (KEYS[1]:find('{', 1, true) and KEYS[1] or '{' .. KEYS[1] .. '}') .. ':turn'
local holder = redis.pcall('GET', turnKey)
if type(holder) == 'string' and holder ~= ARGV[4] then
  return 2
end
${REFUSE_OTHERS}
local refused = refusal(KEYS[1], ARGV[1])
if refused then
  if refused ~= 0 and ARGV[4] then
    redis.pcall('SET', turnKey, ARGV[4], 'PX', 20)
  end
  return refused
end
if holder and holder == ARGV[4] then
  redis.pcall('DEL', turnKey)
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);
