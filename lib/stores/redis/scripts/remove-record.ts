import { RedisScript } from '../redis-script.js';
import { REFUSE_OTHERS } from './refuse-others.js';

export const removeRecord = new RedisScript(`
-- Removes a record if it is still the one that was read.
-- KEYS[1] the record   ARGV[1] its first characters, or the SHA-1 of all of it
-- Returns 1 when removed, 0 when there is no record, or else the payload that is there instead.
${REFUSE_OTHERS}
local refused = refusal(KEYS[1], ARGV[1])
if refused then
  return refused
end
redis.call('DEL', KEYS[1])
return 1
`);
