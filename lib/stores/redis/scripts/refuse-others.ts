/**
 * Lua that defines `refusal`: it returns 0 when there is no record, the record itself when it is not the
 * expected one, or else nil. What is expected is the first characters of a record, which are fewer than the
 * 40 of a SHA-1, or else the SHA-1 of all of it.
 */
export const REFUSE_OTHERS = `
local function refusal(key, expected)
  local isHead = #expected < 40
  local current = isHead and redis.call('GETRANGE', key, 0, #expected - 1) or redis.call('GET', key)
  if not current or current == '' then
    return 0
  end
  if (isHead and current or redis.sha1hex(current)) ~= expected then
    return redis.call('GET', key)
  end
end
`;
