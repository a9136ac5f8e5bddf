import { peek } from '../../../../reporting/thrown.js';
import type { RunStatement, SqlDatabase, SqlValue } from '../../sql-database.js';
import { questionMarks } from '../placeholders.js';
import { hasMethods, rowsOf } from '../shape.js';
import { databaseOver } from '../transactions.js';
import type { Connection } from '../transactions.js';

interface Statement {
  readonly sql: string;
  readonly values: SqlValue[];
  readonly rowsAsArray: false;
  readonly nestTables: false;
}

/** A connection of `mysql2/promise`. */
export interface MysqlConnection {
  execute(statement: Statement): Promise<[unknown, unknown]>;
  query(sql: string): Promise<unknown>;
  destroy(): void;
}

interface PooledConnection extends MysqlConnection {
  release(): void;
}

/** A pool of `mysql2/promise`. */
export interface MysqlPool {
  getConnection(): Promise<PooledConnection>;
  execute: unknown;
}

/** A connection of `mysql2`, whose methods take callbacks. */
interface MysqlCallbackConnection {
  promise(): MysqlConnection;
}

/** A pool of `mysql2`, whose methods take callbacks. */
export interface MysqlCallbackPool {
  promise(): MysqlPool;
  getConnection: unknown;
}

/** The package `mariadb` has pools with these methods, too, whose answers differ. */
export function isMysqlPool(value: unknown): value is MysqlPool {
  if (hasMethods(value, 'batch') || hasMethods(value, 'promise')) return false;
  return hasMethods(value, 'getConnection', 'execute');
}

export function isMysqlCallbackPool(value: unknown): value is MysqlCallbackPool {
  return hasMethods(value, 'getConnection', 'execute', 'promise');
}

export function isMysqlCallbackConnection(value: unknown): value is MysqlCallbackConnection {
  return hasMethods(value, 'execute', 'promise', 'destroy');
}

export function mysqlDatabase(pool: MysqlPool): SqlDatabase {
  return databaseOver('mysql', async () => {
    const mysql = await pool.getConnection();
    return mysqlConnection(mysql, () => mysql.release());
  });
}

export function mysqlConnection(mysql: MysqlConnection, giveBack: () => void): Connection {
  return {
    run: runOn(mysql),
    control: (statement) => mysql.query(statement),
    giveBack,
    discard: () => {
      mysql.destroy();
      giveBack();
    },
  };
}

/**
 * Runs statements by `execute()`, which keeps values apart from the statement. `query()` writes them into it,
 * with backslashes that the SQL mode NO_BACKSLASH_ESCAPES takes literally.
 */
function runOn(mysql: MysqlConnection): RunStatement {
  return async (text, values) => {
    const sql = questionMarks(text);
    const shape = { rowsAsArray: false, nestTables: false } as const; // whatever the pool is set to
    const [result] = await mysql.execute({ sql, values: [...values], ...shape });
    const affected = peek(result, 'affectedRows');
    return { rows: rowsOf(result), affected: typeof affected === 'number' ? affected : undefined };
  };
}
