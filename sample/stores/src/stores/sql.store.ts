import Database from 'libsql';
import { createPool } from 'mysql2/promise';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import type { OpenedStore } from './opened-store.js';

// Its tables are made beforehand, by a migration or by hand, once:
//
//   npx nestjs-sesame sql postgres | psql "$STORE_URL"
//   npx nestjs-sesame sql mysql | mysql shop
//   npx nestjs-sesame sql sqlite | sqlite3 sessions.sqlite

export function openSqlPostgresStore(url: string): OpenedStore {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => undefined); // an idle connection that ends must not end the process
  return { store: new SqlSessionStore({ client: pool }), close: () => pool.end() };
}

/** For MySQL and MariaDB. */
export function openSqlMySqlStore(url: string): OpenedStore {
  const pool = createPool(url);
  return { store: new SqlSessionStore({ client: pool }), close: () => pool.end() };
}

/** By libsql, which has better-sqlite3's interface and needs no compiler to be installed. */
export function openSqlSqliteStore(filename: string): OpenedStore {
  const database = new Database(filename);
  // Processes that share the file read while one writes.
  database.pragma('journal_mode = WAL');
  return {
    store: new SqlSessionStore({ client: database }),
    close: async () => {
      database.close();
    },
  };
}
