import { RedisScript } from '../redis-script.js';

export const putRecord = new RedisScript(`
-- Puts the mark of an ended session under a key, whether or not there is a record. When Redis is full,
-- it refuses the mark at first, but lets a script that has already written go on. So the record is
-- deleted, and the mark then takes no more room than that has freed; a longer mark is left out.
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
