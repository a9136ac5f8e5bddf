import { ConnectSessionKnexStore } from 'connect-session-knex';
import knex from 'knex';
import { LibsqlClient } from './libsql-client.js';
import type { OpenedStore } from './opened-store.js';

const MINUTE = 60_000;

/** @param filename of the database, which is made if it is not there */
export async function openSqliteStore(filename: string): Promise<OpenedStore> {
  const database = knex({
    client: LibsqlClient, // or 'better-sqlite3', where that is installed
    connection: { filename },
    useNullAsDefault: true,
    pool: { afterCreate: configure },
  });
  const store = new ConnectSessionKnexStore({ knex: database, cleanupInterval: 15 * MINUTE });
  await store.ready; // it makes its table
  return { store, close: () => database.destroy() };
}

interface Connection {
  pragma(source: string): unknown;
}

/** Processes that share the file read while one writes, and wait for their turn to write. */
function configure(connection: Connection, done: (error: unknown, it: Connection) => void): void {
  connection.pragma('busy_timeout = 1000');
  connection.pragma('journal_mode = WAL');
  done(null, connection);
}
