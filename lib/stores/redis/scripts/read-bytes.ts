import { RedisScript } from '../redis-script.js';

export const readBytes = new RedisScript(`
-- A record, and the SHA-1 of its bytes, which tells whether the client could decode all of them.
-- KEYS[1] the record
-- Returns both, or nothing when there is no record.
local record = redis.call('GET', KEYS[1])
return record and { record, redis.sha1hex(record) }
`);
