import { peek } from '../../../reporting/thrown.js';
import { SqlClientError } from '../sql-client.error.js';
import type { SqlDatabase, SqlValue } from '../sql-database.js';
import { rowsOf } from './shape.js';

/**
 * Runs one statement of PostgreSQL, with the placeholders `$1`, `$2` and so on, and returns its rows, or an
 * object that has them as `rows`.
 */
export type StatementFunction = (text: string, values: SqlValue[]) => unknown;

export function isStatementFunction(value: unknown): value is StatementFunction {
  return typeof value === 'function' && !isClass(value);
}

export function isClass(value: unknown): boolean {
  return typeof value === 'function' && Function.prototype.toString.call(value).startsWith('class');
}

export function functionDatabase(run: StatementFunction): SqlDatabase {
  return {
    dialect: 'postgres',
    run: async (text, values) => {
      const answer: unknown = await run(text, [...values]);
      const rows = Array.isArray(answer) ? answer : peek(answer, 'rows');
      if (Array.isArray(rows)) return { rows: rowsOf(rows), affected: undefined };
      throw new SqlClientError(
        'SqlSessionStore: the function given as client answered without rows. Return the rows of the statement, or an object that has them as rows.',
      );
    },
    transaction: undefined,
  };
}
