import { RedisScript } from '../redis-script.js';
import { REFUSE_OTHERS } from './refuse-others.js';

export const renewRecords = new RedisScript(`
-- Replaces records, each if it is still the one that was read, whoever's turn it is. When Redis is full,
-- it still takes a payload that is no longer than the one there.
-- KEYS the records   ARGV three for each: its first characters, or the SHA-1 of all of it; the new payload;
-- its TTL in ms
-- Returns for each 1 when replaced, 0 when there is no record, or else the payload that is there instead.
${REFUSE_OTHERS}
local answers = {}
for place, key in ipairs(KEYS) do
  local at = 3 * place
  local payload, ttl = ARGV[at - 1], ARGV[at]
  answers[place] = refusal(key, ARGV[at - 2])
  if not answers[place] then
    answers[place] = 1
    local answer = redis.pcall('SET', key, payload, 'PX', ttl)
    if answer.err then
      if #payload > redis.call('STRLEN', key) then
        return answer
      end
      -- Redis lets a script that has already written go on, so the SET succeeds after this.
      redis.call('PEXPIRE', key, ttl)
      redis.call('SET', key, payload, 'PX', ttl)
    end
  end
end
return answers
`);
