import { peek } from '../../reporting/thrown.js';
import { SqlClientError } from './sql-client.error.js';
import type { SqlDialect } from './sql-database.js';

/** Where the error of a driver is inside that of a client. */
const INSIDE = ['cause', 'driverError', 'originalError', 'meta', 'driverAdapterError'];
const CODES = ['code', 'errno', 'errcode', 'sqlState', 'originalCode'];
const DEPTH = 5;

interface KnownCodes {
  /** A deadlock, or one transaction in the way of another: nothing was done, and it may be tried again. */
  readonly inTheWay: readonly string[];
  /** A table or a function is not there. */
  readonly missing: readonly string[];
  /** The key is taken. */
  readonly duplicate: readonly string[];
}

const KNOWN: Readonly<Record<SqlDialect, KnownCodes>> = {
  postgres: {
    inTheWay: ['40001', '40P01'],
    missing: ['42P01', '42883', '3F000'],
    duplicate: [], // an insert says what to do then
  },
  mysql: {
    inTheWay: ['1213', '1205', '1020'],
    missing: ['1146', '1049'],
    duplicate: ['1062'],
  },
  sqlite: {
    // With the extended codes, such as that of a snapshot which is too old to be written to.
    inTheWay: ['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED', '5', '6', '261', '517'],
    missing: ['no such table'],
    duplicate: [],
  },
};

/** True for an error of this kind, whatever client it came through. */
export function isSqlError(error: unknown, dialect: SqlDialect, kind: keyof KnownCodes): boolean {
  const signs = signsOf(error, DEPTH);
  return KNOWN[dialect][kind].some((code) => signs.includes(code));
}

/** How a server says no: by an SQL state, except those of a lost connection, or by a number. */
const REFUSALS = /^(?!08|57P0|P1|P2010|P2039|HY)(?=.*\d)(?:[0-9A-Z]{5}|[1-9]\d{3})$/;

/**
 * True if a statement that failed may have been done all the same: nobody knows unless a server has refused
 * it, as when a connection broke. SQLite runs in the process itself, and always knows.
 */
export function isAnswerLost(error: unknown, dialect: SqlDialect): boolean {
  if (dialect === 'sqlite' || error instanceof SqlClientError) return false;
  return !signsOf(error, DEPTH).some((code) => REFUSALS.test(code));
}

/** Collects the codes of an error, and what SQLite has no code for. */
function signsOf(error: unknown, depth: number): string[] {
  if (depth === 0 || typeof error !== 'object' || error === null) return [];
  const codes = CODES.map((name) => String(peek(error, name)));
  const missing = /no such table/.exec(String(peek(error, 'message')))?.[0];
  const inside = INSIDE.flatMap((name) => signsOf(peek(error, name), depth - 1));
  return [...codes, ...(missing === undefined ? [] : [missing]), ...inside];
}
