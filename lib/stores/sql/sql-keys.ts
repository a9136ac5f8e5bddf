import { SqlClientError } from './sql-client.error.js';

/**
 * The keys that the column of every dialect holds and tells apart: MariaDB fails for other characters, or
 * takes a space at the end for nothing, and PostgreSQL fails for a NUL.
 */
const KEY = /^[!-~]{1,255}$/;

/** False for a key under which there can be no session. Only with `hashIds: false` are keys not hashes. */
export function isSqlKey(key: string): boolean {
  return KEY.test(key);
}

/** @throws SqlClientError for a key that not every database could hold */
export function requireSqlKey(key: string): void {
  if (isSqlKey(key)) return;
  throw new SqlClientError(
    'SqlSessionStore: an id cannot be the key of a row. With hashIds: false, genid must return at most 255 characters of ASCII without spaces.',
  );
}
