import type { RunStatement } from '../sql-database.js';

/** A connection that one piece of work has to itself. */
export interface Connection {
  readonly run: RunStatement;
  /** Runs `BEGIN`, `COMMIT` or `ROLLBACK`. */
  control(statement: string): Promise<unknown>;
  giveBack(): void;
  /** Closes it instead, since it may still be in a transaction. */
  discard(): void;
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
