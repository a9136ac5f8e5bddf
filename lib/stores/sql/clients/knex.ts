import { peek } from '../../../reporting/thrown.js';
import type { SqlDatabase, SqlDialect } from '../sql-database.js';
import { lentConnection, unknownDriver } from './drivers/lent-connection.js';
import { isSqliteConnection, sqliteDatabase } from './drivers/sqlite-connection.js';
import { hasMethods } from './shape.js';
import { databaseOver } from './transactions.js';
import type { Transactional } from './transactions.js';

/** What `knex()` makes. */
export interface Knex {
  readonly client: KnexClient;
  raw: unknown;
}

interface KnexClient {
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<unknown>;
}

/** By Knex's names of drivers. */
const DIALECTS: ReadonlyMap<unknown, SqlDialect> = new Map([
  ['pg', 'postgres'],
  ['mysql2', 'mysql'],
  ['better-sqlite3', 'sqlite'],
]);

export function isKnex(value: unknown): value is Knex {
  return hasMethods(value, 'raw') && hasMethods(peek(value, 'client'), 'acquireConnection');
}

export function knexDialect({ client }: Knex): SqlDialect | undefined {
  return DIALECTS.get(peek(client, 'driverName'));
}

/** Uses the connections beneath Knex, which would write the values of a failed statement into its error. */
export function knexDatabase({ client }: Knex, dialect: SqlDialect): SqlDatabase {
  if (dialect !== 'sqlite') {
    return databaseOver(dialect, async () => {
      const lent = await client.acquireConnection();
      return lentConnection(lent, (isBroken) => {
        // It cannot go back once Knex has been destroyed.
        giveBack(client, lent, isBroken).catch(() => undefined);
      });
    });
  }
  const withSqlite = async <T>(work: (sqlite: Transactional) => Promise<T>): Promise<T> => {
    const lent = await client.acquireConnection();
    try {
      if (!isSqliteConnection(lent)) throw unknownDriver();
      return await work(sqliteDatabase(lent));
    } finally {
      await client.releaseConnection(lent);
    }
  };
  return {
    dialect,
    run: (...statement) => withSqlite((sqlite) => sqlite.run(...statement)),
    transaction: (...work) => withSqlite((sqlite) => sqlite.transaction(...work)),
  };
}

/** Gives a connection back. Knex checks whether it is closed before lending it again. */
async function giveBack(client: KnexClient, lent: unknown, isBroken: boolean): Promise<void> {
  const end: unknown = isBroken ? peek(lent, 'end') : undefined;
  try {
    if (typeof end === 'function') await end.call(lent);
  } finally {
    await client.releaseConnection(lent);
  }
}
