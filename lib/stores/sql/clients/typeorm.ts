import { peek } from '../../../reporting/thrown.js';
import { SqlClientError } from '../sql-client.error.js';
import type { SqlDatabase, SqlDialect } from '../sql-database.js';
import { lentConnection } from './drivers/lent-connection.js';
import { isSqliteConnection, sqliteDatabase } from './drivers/sqlite-connection.js';
import { hasMethods } from './shape.js';
import { databaseOver } from './transactions.js';
import type { Connection, Transactional } from './transactions.js';

/** A `DataSource` of TypeORM. */
export interface TypeOrmDataSource {
  readonly options: { readonly type: string };
  readonly driver: { obtainMasterConnection(): Promise<unknown> };
}

/** By TypeORM's names. */
const DIALECTS: ReadonlyMap<string, SqlDialect> = new Map([
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['better-sqlite3', 'sqlite'],
]);

export function isTypeOrmDataSource(value: unknown): value is TypeOrmDataSource {
  const driver = peek(value, 'driver');
  return hasMethods(value, 'createQueryRunner') && hasMethods(driver, 'obtainMasterConnection');
}

export function typeOrmDialect({ options }: TypeOrmDataSource): SqlDialect | undefined {
  return DIALECTS.get(options.type);
}

/**
 * Uses the driver's own connections. TypeORM's queries would log sessions, and put them into errors; and on
 * SQLite, everything that an application does shares one transaction.
 */
export function typeOrmDatabase({ driver }: TypeOrmDataSource, dialect: SqlDialect): SqlDatabase {
  if (dialect !== 'sqlite') return databaseOver(dialect, () => acquire(driver));
  const sqlite = (): Transactional => {
    const connection = peek(driver, 'databaseConnection');
    if (isSqliteConnection(connection)) return sqliteDatabase(connection);
    throw new SqlClientError(
      'SqlSessionStore: the DataSource is not connected. Await its initialize() first.',
    );
  };
  return {
    dialect,
    run: async (...statement) => sqlite().run(...statement),
    transaction: async (...work) => sqlite().transaction(...work),
  };
}

/** Acquires a connection. PostgreSQL's comes in a list, with a function that gives it back. */
async function acquire(driver: TypeOrmDataSource['driver']): Promise<Connection> {
  const obtained = await driver.obtainMasterConnection();
  const [connection, release]: readonly unknown[] = Array.isArray(obtained)
    ? obtained
    : [obtained, peek(obtained, 'release')];
  return lentConnection(connection, (isBroken) => {
    if (typeof release === 'function') release.call(connection, isBroken);
  });
}
