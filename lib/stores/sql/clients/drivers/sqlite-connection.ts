import { setTimeout as pause } from 'node:timers/promises';
import { peek } from '../../../../reporting/thrown.js';
import type { SqlAnswer, SqlValue } from '../../sql-database.js';
import { questionMarks, returnsRows } from '../placeholders.js';
import { hasMethods, rowsOf } from '../shape.js';
import { BEGIN, inTransaction } from '../transactions.js';
import type { Transactional } from '../transactions.js';
import { Turns } from './turns.js';

/** As long as better-sqlite3 itself waits for another process by default, in milliseconds. */
const PATIENCE = 5_000;

const SQLITE_BUSY = 5;

const TAKEN =
  'SqlSessionStore: a transaction of the application has been open on the SQLite connection for 5 seconds. Give the store a connection of its own.';

interface SqliteStatement {
  all(...values: SqlValue[]): unknown[];
  run(...values: SqlValue[]): { readonly changes: number | bigint };
}

/** A `Database` of `better-sqlite3` or `libsql`, or a `DatabaseSync` of `node:sqlite`. */
export interface SqliteConnection {
  prepare(text: string): SqliteStatement;
  exec(text: string): unknown;
}

export function isSqliteConnection(value: unknown): value is SqliteConnection {
  return hasMethods(value, 'prepare', 'exec', 'close');
}

/** By connection, since several stores can share one. */
const turnsOf = new WeakMap<SqliteConnection, Turns>();

/** Takes statements and transactions in turn: a statement during a transaction would be part of it. */
export function sqliteDatabase(sqlite: SqliteConnection): Transactional {
  const turns = turnsOf.get(sqlite) ?? new Turns();
  turnsOf.set(sqlite, turns);
  const isTaken = (): boolean => isInTransaction(sqlite);
  const atOnce = withoutBlocking(sqlite);
  const connection = {
    run: async (text: string, values: readonly SqlValue[]) => statementOn(sqlite, text, values)(),
    control: (statement: string) => {
      const isOurs = statement === 'COMMIT' || statement === 'ROLLBACK';
      return whenFree(isOurs ? never : isTaken, () => atOnce(() => sqlite.exec(statement)));
    },
    giveBack: () => undefined,
    discard: () => undefined, // there is no other connection
  };
  return {
    dialect: 'sqlite',
    run: (text, values, patience) =>
      turns.take(async () => {
        patience?.demand();
        const statement = statementOn(sqlite, text, values);
        return whenFree(isTaken, () => atOnce(statement));
      }),
    transaction: (work, patience) =>
      turns.take(async () => {
        patience?.demand();
        return inTransaction(connection, BEGIN.sqlite, work);
      }),
  };
}

/**
 * Returns a function that runs a statement, which is prepared once however often it is tried. In libsql, one
 * that another process was in the way of stays open, and until it is run again or collected, nothing can be
 * committed.
 */
function statementOn(
  sqlite: SqliteConnection,
  text: string,
  values: readonly SqlValue[],
): () => SqlAnswer {
  let prepared: SqliteStatement | undefined;
  return () => {
    prepared ??= sqlite.prepare(questionMarks(text));
    if (returnsRows(text)) return { rows: rowsOf(prepared.all(...values)), affected: undefined };
    return { rows: [], affected: Number(prepared.run(...values).changes) };
  };
}

/**
 * Runs statements without SQLite's own wait for other processes, which the application may have set: the
 * whole process waits then, and no request is answered.
 */
function withoutBlocking(sqlite: SqliteConnection): <T>(statement: () => T) => T {
  const setting: unknown = sqlite.prepare('PRAGMA busy_timeout').all()[0];
  const wait = Number(peek(setting, 'timeout'));
  return (statement) => {
    if (!(wait > 0)) return statement();
    sqlite.exec('PRAGMA busy_timeout = 0');
    try {
      return statement();
    } finally {
      sqlite.exec(`PRAGMA busy_timeout = ${wait}`);
    }
  };
}

/** Waits while another process writes, or a transaction of the application is open. */
async function whenFree<T>(isTaken: () => boolean, statement: () => T): Promise<T> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const isOver = performance.now() > end;
    try {
      if (!isTaken()) return statement();
      if (isOver) throw new Error(TAKEN);
    } catch (error) {
      if (isOver || !isBusy(error)) throw error;
    }
    await pause(1);
  }
}

function isInTransaction(sqlite: SqliteConnection): boolean {
  return peek(sqlite, 'inTransaction') === true || peek(sqlite, 'isTransaction') === true;
}

function never(): boolean {
  return false;
}

/** better-sqlite3 and libsql give SQLite's name of the error, node:sqlite its number. */
function isBusy(error: unknown): boolean {
  const number = peek(error, 'errcode');
  return (
    String(peek(error, 'code')).startsWith('SQLITE_BUSY') ||
    (typeof number === 'number' && (number & 0xff) === SQLITE_BUSY)
  );
}
