import { peek } from '../../../reporting/thrown.js';
import { clearTimeout, setTimeout } from 'node:timers';
import { Patience } from '../patience.js';
import type { RunStatement, RunTransaction, SqlDatabase, SqlDialect } from '../sql-database.js';

/** A connection that one piece of work has to itself. */
export interface Connection {
  readonly run: RunStatement;
  /** Runs `BEGIN`, `COMMIT` or `ROLLBACK`. */
  control(statement: string): Promise<unknown>;
  giveBack(): void;
  /** Closes it instead, since nobody knows what it is doing. */
  discard(): void;
}

export const BEGIN: Readonly<Record<SqlDialect, string>> = {
  // At a stricter default level, a count that follows a lock would show the state before it.
  postgres: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  mysql: 'START TRANSACTION',
  sqlite: 'BEGIN IMMEDIATE',
};

export interface Transactional extends SqlDatabase {
  readonly transaction: RunTransaction;
}

/** Returns a database whose client lends connections. */
export function databaseOver(
  dialect: SqlDialect,
  acquire: () => Promise<Connection>,
): Transactional {
  return {
    dialect,
    run: async (text, values, patience) => {
      const connection = await inTime(acquire, patience);
      try {
        const answer = await connection.run(text, values);
        connection.giveBack();
        return answer;
      } catch (error) {
        if (isRefusal(error)) connection.giveBack();
        else connection.discard();
        throw error;
      }
    },
    transaction: async (work, patience) =>
      inTransaction(await inTime(acquire, patience), BEGIN[dialect], work),
  };
}

/** Acquires a connection. One that comes too late goes back unused: nobody waits for it any more. */
async function inTime(
  acquire: () => Promise<Connection>,
  patience = new Patience(),
): Promise<Connection> {
  const connection = await acquire();
  try {
    patience.demand();
  } catch (error) {
    connection.giveBack();
    throw error;
  }
  return watched(connection, patience.silence);
}

/**
 * Returns the same connection, which is closed if it does not answer for this many milliseconds: its server
 * may be gone without a word, and the pool would be one short until the operating system notices.
 */
function watched(connection: Connection, silence: number): Connection {
  let isOver = false;
  const end = (how: 'giveBack' | 'discard') => (): void => {
    if (!isOver) connection[how]();
    isOver = true;
  };
  const discard = end('discard');
  const heard = <T>(ask: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        discard();
        reject(
          new Error(
            `SqlSessionStore: the database has not answered for ${silence} ms, so its connection was closed. See whether it can be reached, and is not overloaded.`,
          ),
        );
      }, silence).unref();
      ask()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  return {
    run: (text, values) => heard(() => connection.run(text, values)),
    control: (statement) => heard(() => connection.control(statement)),
    giveBack: end('giveBack'),
    discard,
  };
}

/** Runs the work in a transaction that commits if it resolves, and lets go of the connection. */
export async function inTransaction<T>(
  connection: Connection,
  begin: string,
  work: (run: RunStatement) => Promise<T>,
): Promise<T> {
  try {
    await connection.control(begin);
  } catch (error) {
    connection.discard();
    throw error;
  }
  let result: T;
  try {
    result = await allOrNothing(connection.run, work);
    await connection.control('COMMIT');
  } catch (error) {
    await connection.control('ROLLBACK').then(
      () => connection.giveBack(),
      () => connection.discard(),
    );
    throw error;
  }
  connection.giveBack();
  return result;
}

/**
 * Runs the work of a transaction. It rejects if a statement failed, whatever the work made of that:
 * PostgreSQL answers such a `COMMIT` with a rollback and no error, and after a deadlock MySQL would
 * run what follows outside of any transaction.
 */
export async function allOrNothing<T>(
  run: RunStatement,
  work: (run: RunStatement) => Promise<T>,
): Promise<T> {
  let failure: { readonly error: unknown } | undefined;
  const result = await work(async (text, values) => {
    if (failure !== undefined) throw failure.error;
    try {
      return await run(text, values);
    } catch (error) {
      failure = { error };
      throw error;
    }
  });
  if (failure !== undefined) throw failure.error;
  return result;
}

/**
 * SQL states after which another connection may do better: one that is lost or read-only, or anything else.
 */
const HOPELESS = /^(?:08|57P0|25006|HY000)/;

/** True if the server itself refused a statement, and has its connection ready for the next. */
function isRefusal(error: unknown): boolean {
  // pg tells the severity in the language of the server.
  const isOfPg = typeof peek(error, 'severity') === 'string';
  const state = peek(error, isOfPg ? 'code' : 'sqlState');
  return typeof state === 'string' && !HOPELESS.test(state);
}
