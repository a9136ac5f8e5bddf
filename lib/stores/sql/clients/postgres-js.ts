import type { RunStatement, SqlDatabase, SqlValue } from '../sql-database.js';
import { hasMethods, rowsOf } from './shape.js';

interface PostgresQueries {
  unsafe(
    text: string,
    values: SqlValue[],
    options: { readonly prepare: false },
  ): PromiseLike<{ readonly count: number | null }>;
}

/** What `postgres()` of the package `postgres` makes. */
export interface PostgresJs extends PostgresQueries {
  begin: unknown;
  listen: unknown;
}

export function isPostgresJs(value: unknown): value is PostgresJs {
  return hasMethods(value, 'unsafe', 'begin', 'listen');
}

/** Without transactions: on PostgreSQL there need be none, and one whose connection breaks ends the process. */
export function postgresJsDatabase(sql: PostgresJs): SqlDatabase {
  return { dialect: 'postgres', run: runOn(sql), transaction: undefined };
}

/** Statements are not prepared: those would be bound to a connection, and PgBouncer changes it. */
function runOn(sql: PostgresQueries): RunStatement {
  return async (text, values) => {
    const result = await sql.unsafe(text, [...values], { prepare: false });
    return { rows: rowsOf(result), affected: result.count ?? undefined };
  };
}
