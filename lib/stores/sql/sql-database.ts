export type SqlDialect = 'postgres' | 'mysql' | 'sqlite';

/**
 * A row, by the names of its columns. A column of text is a string. A column of integers is a
 * number, a bigint, or a string of digits: clients differ, so whoever reads it converts it.
 */
export type SqlRow = Readonly<Record<string, unknown>>;

export type SqlValue = string | number | null;

/**
 * Runs one statement. In every dialect the placeholders are `$1`, `$2` and so on, in the order of
 * the values, each used exactly once, and `$` followed by a digit stands nowhere else: clients that
 * want `?` get it. Answers with the rows; a statement that returns none has no rows.
 */
export type RunStatement = (text: string, values: readonly SqlValue[]) => Promise<SqlAnswer>;

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /** How many rows were written, or `undefined` if the client does not say. */
  readonly affected: number | undefined;
}

/** What the store needs of a database, whatever the client of the application is. */
export interface SqlDatabase {
  readonly dialect: SqlDialect;
  readonly run: RunStatement;
  /**
   * Runs statements on one connection in one transaction, which commits if the work resolves, and
   * otherwise rolls back. `undefined` for a client that has none, which is a bare function.
   */
  readonly transaction: RunTransaction | undefined;
  /** Closes what the store itself has opened, which is nothing of the application's. */
  close?(): Promise<void>;
}

export type RunTransaction = <T>(work: (run: RunStatement) => Promise<T>) => Promise<T>;
