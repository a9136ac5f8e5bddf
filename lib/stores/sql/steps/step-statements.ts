import { placeholders } from '../record-statements.js';
import type { SqlDialect } from '../sql-database.js';
import type { SqlNames } from '../sql-names.js';

/** The statements of transactions; the comments list their values. */
export interface StepStatements {
  /** numbers of locks; `undefined` where transactions write one at a time */
  readonly lockUsers: ((count: number) => string) | undefined;
  /** user, now */
  readonly listEntries: string;
  /** user, now, keys */
  lookForEntries(count: number): string;
  /** keys */
  removeEntries(count: number): string;
  /** key, user */
  readonly removeEntry: string;
  /** key, user, expiry, user, expiry */
  readonly putEntry: string;
  /** key, now */
  readonly lockRecord: string;
  /** key */
  readonly expiry: string;
  /** payload, expiry, key, version, now */
  readonly renew: string;
  /** payload, expiry, key */
  readonly put: string;
  /** key */
  readonly removeRecord: string;
  /** key, version, expiry, payload */
  readonly insert: string;
}

export function stepStatements(
  dialect: SqlDialect,
  { sessions, userSessions, of }: SqlNames,
): StepStatements {
  const isMysql = dialect === 'mysql';
  const forUpdate = isMysql ? ' FOR UPDATE' : '';
  const returning = isMysql ? '' : ' RETURNING session_key';
  const onTaken = isMysql ? 'ON DUPLICATE KEY UPDATE' : 'ON CONFLICT (session_key) DO UPDATE SET';
  const write = `UPDATE ${sessions} SET version = version + 1, turn = '', payload = $1, expires_at = $2 WHERE session_key = $3`;
  return {
    // In the order of the primary key, so that two transactions never wait for each other.
    lockUsers: isMysql
      ? (count) =>
          `SELECT number FROM ${of('locks')} WHERE number IN (${placeholders(count, 1)}) ORDER BY number FOR UPDATE`
      : undefined,
    listEntries: `SELECT session_key FROM ${userSessions} WHERE user_hash = $1 AND expires_at > $2 ORDER BY expires_at, session_key`,
    lookForEntries: (count) =>
      `SELECT session_key FROM ${userSessions} WHERE user_hash = $1 AND expires_at > $2 AND session_key IN (${placeholders(count, 3)})${forUpdate}`,
    removeEntries: (count) =>
      `DELETE FROM ${userSessions} WHERE session_key IN (${placeholders(count, 1)})`,
    removeEntry: `DELETE FROM ${userSessions} WHERE session_key = $1 AND user_hash = $2${returning}`,
    putEntry: `INSERT INTO ${userSessions} (session_key, user_hash, expires_at) VALUES ($1, $2, $3) ${onTaken} user_hash = $4, expires_at = $5`,
    lockRecord: `SELECT payload, version FROM ${sessions} WHERE session_key = $1 AND expires_at > $2${forUpdate}`,
    expiry: `SELECT expires_at FROM ${sessions} WHERE session_key = $1`,
    renew: `${write} AND version = $4 AND expires_at > $5${returning}`,
    put: write,
    removeRecord: `DELETE FROM ${sessions} WHERE session_key = $1`,
    insert: `INSERT INTO ${sessions} (session_key, version, expires_at, payload) VALUES ($1, $2, $3, $4)`,
  };
}
