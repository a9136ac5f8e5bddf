import { RedisScript } from '../redis-script.js';

export const buryRecord = new RedisScript(`
-- Puts the mark of an ended session under a key, whatever is or is not there. A Redis that is full
-- refuses it at first, but takes from a script that has written already what needs no more room than
-- it made; where the mark needs more, the record goes without one.
-- KEYS[1] the record   ARGV[1] the mark   ARGV[2] its TTL in ms
local answer = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if answer.err then
  local room = redis.call('STRLEN', KEYS[1])
  redis.call('DEL', KEYS[1])
  if room >= #ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  end
end
return 1
`);
