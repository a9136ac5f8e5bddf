import type { SqlDialect } from './sql-database.js';
import type { SqlNames } from './sql-names.js';

/** For how many milliseconds a writer that has met conflicts keeps others off, if it does not write. */
const TURN = 50;

/** The time of the database, in epoch milliseconds: instances have clocks of their own. */
const NOW: Readonly<Record<SqlDialect, string>> = {
  postgres: '(extract(epoch FROM clock_timestamp()) * 1000)::bigint',
  mysql: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
  sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
};

/** The statements about records, each made once; the comments list their values. */
export interface RecordStatements {
  /** key, now */
  readonly read: string;
  /** now, keys */
  readMany(count: number): string;
  /** key, version, expiry, payload; except in MySQL, now */
  readonly create: string;
  /** key, now */
  readonly removeExpired: string;
  /** expiry, payload, key, version, now, turn */
  readonly replace: string;
  /** turn, key, turn */
  readonly takeTurn: string;
  /** turn, key, now */
  readonly look: string;
  /** key, now */
  readonly remove: string;
  /** key, now, version */
  readonly removeVersion: string;
  /** key, version, expiry, payload, expiry, payload */
  readonly put: string;
}

/**
 * Makes the statements. MySQL does not return the rows that a statement changes, and has an upsert of its
 * own. The version makes each write change its row, so that as many rows are changed as are found.
 */
export function recordStatements(dialect: SqlDialect, { sessions }: SqlNames): RecordStatements {
  const isMysql = dialect === 'mysql';
  const returning = isMysql ? '' : ' RETURNING version';
  const now = NOW[dialect];
  const insert = `INSERT INTO ${sessions}${isMysql ? '' : ' AS s'} (session_key, version, expires_at, payload) VALUES ($1, $2, $3, $4)`;
  const onTaken = isMysql ? ' ON DUPLICATE KEY' : ' ON CONFLICT (session_key) DO';
  const next = `version = ${isMysql ? '' : 's.'}version + 1, turn = ''`;
  return {
    read: `SELECT payload, version FROM ${sessions} WHERE session_key = $1 AND expires_at > $2`,
    readMany: (count) =>
      `SELECT session_key, payload, version FROM ${sessions} WHERE expires_at > $1 AND session_key IN (${placeholders(count, 2)})`,
    create: isMysql
      ? insert
      : `${insert}${onTaken} UPDATE SET ${next}, expires_at = excluded.expires_at, payload = excluded.payload WHERE s.expires_at <= $5${returning}`,
    removeExpired: `DELETE FROM ${sessions} WHERE session_key = $1 AND expires_at <= $2`,
    replace: `UPDATE ${sessions} SET version = version + 1, expires_at = $1, payload = $2, turn = '' WHERE session_key = $3 AND version = $4 AND expires_at > $5 AND (turn IN ('', $6) OR turn_until <= (${now}))${returning}`,
    takeTurn: `UPDATE ${sessions} SET turn = $1, turn_until = (${now}) + ${TURN} WHERE session_key = $2 AND (turn IN ('', $3) OR turn_until <= (${now}))`,
    look: `SELECT payload, version, CASE WHEN turn IN ('', $1) OR turn_until <= (${now}) THEN 0 ELSE 1 END AS is_busy FROM ${sessions} WHERE session_key = $2 AND expires_at > $3`,
    remove: `DELETE FROM ${sessions} WHERE session_key = $1 AND expires_at > $2${returning}`,
    removeVersion: `DELETE FROM ${sessions} WHERE session_key = $1 AND expires_at > $2 AND version = $3${returning}`,
    put: `${insert}${onTaken} UPDATE ${isMysql ? '' : 'SET '}${next}, expires_at = $5, payload = $6`,
  };
}

/**
 * Repeats the last key until the number of keys is a power of two: MySQL and many clients keep a prepared
 * statement for each number of placeholders.
 */
export function padded(keys: readonly string[]): readonly string[] {
  const last = keys.at(-1);
  if (last === undefined) return keys;
  const size = 2 ** Math.ceil(Math.log2(keys.length));
  return [...keys, ...Array.from({ length: size - keys.length }, () => last)];
}

/** Lists this many placeholders. */
export function placeholders(count: number, first: number): string {
  return Array.from({ length: count }, (_, place) => `$${first + place}`).join(', ');
}
