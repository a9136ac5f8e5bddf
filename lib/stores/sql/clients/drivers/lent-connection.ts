import { SqlClientError } from '../../sql-client.error.js';
import type { Connection } from '../transactions.js';
import { isMysqlCallbackConnection, mysqlConnection } from './mysql-pool.js';
import { isPgConnection, pgConnection } from './pg-pool.js';

/** Wraps a connection of `pg` or `mysql2` that another package has lent, and that `release` gives back. */
export function lentConnection(lent: unknown, release: (isBroken: boolean) => void): Connection {
  if (isPgConnection(lent)) return pgConnection(lent, release);
  if (isMysqlCallbackConnection(lent)) return mysqlConnection(lent.promise(), () => release(false));
  release(false);
  throw unknownDriver();
}

export function unknownDriver(): Error {
  return new SqlClientError(
    "SqlSessionStore: the client's connections are not of pg, mysql2 or better-sqlite3. Use one of these drivers.",
  );
}
