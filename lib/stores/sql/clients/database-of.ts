import type { SqlDatabase } from '../sql-database.js';
import { isMysqlCallbackPool, isMysqlPool, mysqlDatabase } from './mysql-pool.js';
import type { MysqlCallbackPool, MysqlPool } from './mysql-pool.js';
import { isPgPool, pgDatabase } from './pg-pool.js';
import type { PgPool } from './pg-pool.js';
import { isSqliteConnection, sqliteDatabase } from './sqlite-connection.js';
import type { SqliteConnection } from './sqlite-connection.js';

export type SqlClient = PgPool | MysqlPool | MysqlCallbackPool | SqliteConnection;

export function databaseOf(client: SqlClient): SqlDatabase {
  if (isPgPool(client)) return pgDatabase(client);
  if (isMysqlCallbackPool(client)) return mysqlDatabase(client.promise());
  if (isMysqlPool(client)) return mysqlDatabase(client);
  if (isSqliteConnection(client)) return sqliteDatabase(client);
  throw new TypeError('SqlSessionStore: client is not one');
}
