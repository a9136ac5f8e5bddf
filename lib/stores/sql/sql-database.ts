import type { Patience } from './patience.js';

/** Which SQL a database speaks; MariaDB is 'mysql'. */
export type SqlDialect = 'postgres' | 'mysql' | 'sqlite';

/**
 * A row, by the names of its columns. A column of text is a string. A column of integers is a
 * number, a bigint, or a string of digits: clients differ, so whoever reads it converts it.
 * Names are in snake case.
 */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Some clients send a number as a float: where that matters, as in a division, the statement casts it. */
export type SqlValue = string | number | null;

/**
 * Runs one statement. In every dialect the placeholders are `$1`, `$2` and so on, in the order of the values,
 * each used exactly once, and `$` followed by a digit occurs nowhere else: clients that want `?` get it.
 * `LIMIT` takes none: some clients send a float, which MySQL refuses there. Returns the rows; a statement
 * that returns none has no rows.
 */
export type RunStatement = (text: string, values: readonly SqlValue[]) => Promise<SqlAnswer>;

/**
 * The same for a caller whose patience has an end. A statement that has to wait for a connection beyond that
 * is not run any more: its request has been refused.
 */
export type RunInTime = (
  text: string,
  values: readonly SqlValue[],
  patience?: Patience,
) => Promise<SqlAnswer>;

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /**
   * How many rows were written, by a statement that returns none. In MySQL, whether rows that were
   * found but not changed count is up to the client. `undefined` if the client does not say.
   */
  readonly affected: number | undefined;
}

/** What the store needs of a database, whichever client the application uses. */
export interface SqlDatabase {
  readonly dialect: SqlDialect;
  readonly run: RunInTime;
  /** `undefined` for some clients of PostgreSQL, where no step of the store needs one. */
  readonly transaction: RunTransaction | undefined;
  /** Closes what the store itself has opened, and nothing that belongs to the application. */
  close?(): Promise<void>;
}

/**
 * Runs statements on one connection in one transaction, which commits if the work resolves and no
 * statement failed, and otherwise rolls back. On PostgreSQL it is READ COMMITTED, whatever the
 * application's default; on SQLite IMMEDIATE, so that it never fails for having read before it wrote.
 * Elsewhere the default is used. It does not begin if it has to wait for a connection for too long.
 */
export type RunTransaction = <T>(
  work: (run: RunStatement) => Promise<T>,
  patience?: Patience,
) => Promise<T>;
