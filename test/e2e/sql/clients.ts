import BetterSqlite from 'better-sqlite3';
import Libsql from 'libsql';
import { createPool } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { Pool } from 'pg';
import { databaseOf } from '../../../lib/stores/sql/clients/database-of.js';
import type { SqlDatabase, SqlDialect } from '../../../lib/stores/sql/sql-database.js';

/** What a store makes of an application's client, which has two connections where it has a pool. */
export interface OpenClient {
  readonly database: SqlDatabase;
  close(): Promise<unknown> | void;
}

export interface TestedClient {
  readonly name: string;
  readonly dialect: SqlDialect;
  /** Why it cannot be tested here. */
  readonly missing?: string | undefined;
  /** @param place the URL of the database, or the path of its file */
  open(place: string): OpenClient | Promise<OpenClient>;
}

export const CLIENTS: readonly TestedClient[] = [
  {
    name: 'a Pool of pg',
    dialect: 'postgres',
    open: (connectionString) => {
      const pool = new Pool({ connectionString, max: 2 });
      pool.on('error', () => undefined);
      return { database: databaseOf(pool), close: () => pool.end() };
    },
  },
  {
    name: 'a pool of mysql2/promise',
    dialect: 'mysql',
    open: (uri) => {
      const pool = createPromisePool({ uri, connectionLimit: 2 });
      return { database: databaseOf(pool), close: () => pool.end() };
    },
  },
  {
    name: 'a pool of mysql2',
    dialect: 'mysql',
    open: (uri) => {
      const pool = createPool({ uri, connectionLimit: 2 });
      return { database: databaseOf(pool), close: () => pool.promise().end() };
    },
  },
  {
    name: 'a Database of better-sqlite3',
    dialect: 'sqlite',
    missing: missingBinding(),
    open: (path) => {
      const sqlite = new BetterSqlite(path);
      return { database: databaseOf(sqlite), close: () => void sqlite.close() };
    },
  },
  {
    name: 'a Database of libsql',
    dialect: 'sqlite',
    open: (path) => {
      const sqlite = new Libsql(path);
      return { database: databaseOf(sqlite), close: () => void sqlite.close() };
    },
  },
];

/** npm compiles or fetches it by a script, which does not run everywhere. */
function missingBinding(): string | undefined {
  try {
    new BetterSqlite(':memory:').close();
    return undefined;
  } catch {
    return 'Its native part is not there: npm has run no install scripts.';
  }
}
