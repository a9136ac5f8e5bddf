import { peek } from '../../../../reporting/thrown.js';
import type { SqlDatabase, SqlRow, SqlValue } from '../../sql-database.js';
import { hasMethods, rowsOf } from '../shape.js';

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

/**
 * Offers no transactions: on PostgreSQL the store needs none, and when a connection breaks, begin() throws
 * where nobody can catch it.
 */
export function postgresJsDatabase(sql: PostgresJs): SqlDatabase {
  const column = peek(peek(peek(sql, 'options'), 'transform'), 'column');
  const isRenaming = hasMethods(column, 'from');
  return {
    dialect: 'postgres',
    run: async (text, values) => {
      // Not prepared: a prepared statement is bound to a connection, which PgBouncer changes.
      const result = await sql.unsafe(text, [...values], { prepare: false });
      const rows = rowsOf(result);
      return {
        rows: isRenaming ? rows.map(renamed) : rows,
        affected: result.count ?? undefined,
      };
    },
    transaction: undefined,
  };
}

/** Restores the snake-case names of a row, which `transform: postgres.camel` and its like have changed. */
function renamed(row: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value]));
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/(?<=.)[A-Z]/g, '_$&')
    .replaceAll('-', '_')
    .toLowerCase();
}
