/**
 * Lua that defines `refusal`: 0 when there is no record, another record than the expected one as it is, or
 * else nil.
 */
export const REFUSE_OTHERS = `
local function refusal(key, expected, length)
  local current = length > 0 and redis.call('GETRANGE', key, 0, length - 1) or redis.call('GET', key)
  if not current or current == '' then
    return 0
  end
  if (length > 0 and current or redis.sha1hex(current)) ~= expected then
    return redis.call('GET', key)
  end
end
`;
