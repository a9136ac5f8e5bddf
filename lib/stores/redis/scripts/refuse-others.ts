/**
 * Lua that returns 0 when there is no record, and another record than the expected one as it is. A script
 * may define `conflict`, which is called then.
 */
export const REFUSE_OTHERS = `
local length = tonumber(ARGV[2])
local current = length > 0 and redis.call('GETRANGE', KEYS[1], 0, length - 1) or redis.call('GET', KEYS[1])
if not current or current == '' then
  return 0
end
if (length > 0 and current or redis.sha1hex(current)) ~= ARGV[1] then
  if conflict then conflict() end
  return redis.call('GET', KEYS[1])
end
`;
