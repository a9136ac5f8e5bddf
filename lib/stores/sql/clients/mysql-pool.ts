import type { RunStatement, SqlAnswer, SqlDatabase, SqlValue } from '../sql-database.js';
import { peek } from '../../../reporting/thrown.js';
import { questionMarks } from './placeholders.js';
import { hasMethods, rowsOf } from './shape.js';
import { inTransaction } from './transactions.js';

interface MysqlStatement {
  readonly sql: string;
  readonly values: SqlValue[];
  readonly rowsAsArray: false;
}

interface MysqlQueries {
  execute(statement: MysqlStatement): Promise<[unknown, unknown]>;
}

interface MysqlConnection extends MysqlQueries {
  query(sql: string): Promise<unknown>;
  release(): void;
  destroy(): void;
}

/** A pool of `mysql2/promise`. */
export interface MysqlPool extends MysqlQueries {
  getConnection(): Promise<MysqlConnection>;
}

/** A pool of `mysql2` itself, whose methods take callbacks. */
export interface MysqlCallbackPool {
  promise(): MysqlPool;
}

export function isMysqlCallbackPool(value: object): value is MysqlCallbackPool {
  return hasMethods(value, 'promise', 'execute', 'getConnection');
}

export function isMysqlPool(value: object): value is MysqlPool {
  return hasMethods(value, 'execute', 'getConnection') && !hasMethods(value, 'promise');
}

export function mysqlDatabase(pool: MysqlPool): SqlDatabase {
  return {
    dialect: 'mysql',
    run: runOn(pool),
    transaction: async (work) => {
      const mysql = await pool.getConnection();
      const connection = {
        run: runOn(mysql),
        control: (statement: string) => mysql.query(statement),
        giveBack: () => mysql.release(),
        discard: () => mysql.destroy(),
      };
      return inTransaction(connection, 'START TRANSACTION', work);
    },
  };
}

/**
 * By `execute()`, which keeps values apart from the statement. `query()` writes them into it, with
 * backslashes that the SQL mode NO_BACKSLASH_ESCAPES takes for themselves.
 */
function runOn(queries: MysqlQueries): RunStatement {
  return async (text, values) => {
    const sql = questionMarks(text);
    const [result] = await queries.execute({ sql, values: [...values], rowsAsArray: false });
    return mysqlAnswer(result);
  };
}

/** What drivers for MySQL answer: rows, or how many of them were written. */
export function mysqlAnswer(result: unknown): SqlAnswer {
  const affected = peek(result, 'affectedRows');
  return { rows: rowsOf(result), affected: typeof affected === 'number' ? affected : undefined };
}
