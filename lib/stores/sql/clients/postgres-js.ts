import type { RunStatement, SqlDatabase, SqlValue } from '../sql-database.js';
import { hasMethods, rowsOf } from './shape.js';
import { allOrNothing } from './transactions.js';

interface PostgresQueries {
  unsafe(
    text: string,
    values: SqlValue[],
    options: { readonly prepare: false },
  ): PromiseLike<{ readonly count: number | null }>;
}

/** What `postgres()` of the package `postgres` makes. */
export interface PostgresJs extends PostgresQueries {
  begin<T>(
    options: string,
    work: (sql: PostgresQueries) => Promise<{ value: T }>,
  ): PromiseLike<{ value: T }>;
  listen: unknown;
}

export function isPostgresJs(value: unknown): value is PostgresJs {
  return hasMethods(value, 'unsafe', 'begin', 'listen');
}

export function postgresJsDatabase(sql: PostgresJs): SqlDatabase {
  return {
    dialect: 'postgres',
    run: runOn(sql),
    transaction: async (work) => {
      // In an object, since begin() would wait for the entries of a list.
      const { value } = await sql.begin('ISOLATION LEVEL READ COMMITTED', async (sql) => ({
        value: await allOrNothing(runOn(sql), work),
      }));
      return value;
    },
  };
}

/** Statements are not prepared: those would be bound to a connection, and PgBouncer changes it. */
function runOn(sql: PostgresQueries): RunStatement {
  return async (text, values) => {
    const result = await sql.unsafe(text, [...values], { prepare: false });
    return { rows: rowsOf(result), affected: result.count ?? undefined };
  };
}
