import { createRequire } from 'node:module';
// Its driver imports better-sqlite3, which package.json has libsql be: it needs no compiler to be installed.
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3';
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import { knex } from 'knex';
import type { Knex } from 'knex';
import { CamelCasePlugin, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import { createPool } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { Pool } from 'pg';
import postgres from 'postgres';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import type { SqlClient } from '../../../lib/stores/sql/clients/database-of.js';
import type { SqliteConnection } from '../../../lib/stores/sql/clients/drivers/sqlite-connection.js';
import type { SqlDialect } from '../../../lib/stores/sql/sql-database.js';
import { LibsqlClient } from '../../../sample/stores/src/stores/libsql-client.js';
import { prismaClient } from './prisma-client.js';

/** A client that an application has, and how it closes it. */
export interface OpenClient {
  readonly client: SqlClient;
  readonly dialect?: SqlDialect;
  readonly tellsAffected?: boolean;
  close(): Promise<unknown> | void;
}

/**
 * Opens a client, with two connections where it has several.
 * @param place the URL of the database, or the path of its file
 */
export type Open = (place: string) => OpenClient | Promise<OpenClient>;

function quiet(): void {}

function pgPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 2 });
  pool.on('error', quiet);
  return pool;
}

async function openDataSource(options: DataSourceOptions): Promise<OpenClient> {
  const source = new DataSource({ ...options, logging: false });
  await source.initialize();
  return { client: source, close: () => source.destroy() };
}

function openKnex(config: Knex.Config): OpenClient {
  const log = { warn: quiet };
  const db = knex({
    ...config,
    log,
    pool: { min: 0, max: typeof config.client === 'string' ? 2 : 1 },
  });
  return { client: db, close: () => db.destroy() };
}

interface ClosableSqlite extends SqliteConnection {
  close(): unknown;
}

function openSqlite(database: ClosableSqlite): OpenClient {
  return { client: database, close: () => void database.close() };
}

export const ON_POSTGRES: Readonly<Record<string, Open>> = {
  'a function': (place) => {
    const pool = pgPool(place);
    const client = async (text: string, values: unknown[]) => (await pool.query(text, values)).rows;
    return { client, dialect: 'postgres', tellsAffected: false, close: () => pool.end() };
  },
  pg: (place) => {
    const pool = pgPool(place);
    return { client: pool, close: () => pool.end() };
  },
  'postgres.js': (place) => {
    const sql = postgres(place, { max: 2, onnotice: quiet, transform: postgres.camel });
    return { client: sql, close: () => sql.end() };
  },
  TypeORM: (url) => openDataSource({ type: 'postgres', url, poolSize: 2 }),
  Prisma: (place) => {
    const prisma = prismaClient(place);
    return { client: prisma, close: () => prisma.$disconnect() };
  },
  'Drizzle on pg': (place) => {
    const pool = pgPool(place);
    return { client: drizzlePg(pool), close: () => pool.end() };
  },
  'Drizzle on postgres.js': (place) => {
    const sql = postgres(place, { max: 2 });
    return { client: drizzlePostgresJs(sql), close: () => sql.end() };
  },
  Kysely: (place) => {
    const pool = pgPool(place);
    pool.on('connect', (connection) => connection.on('error', quiet)); // Kysely does not listen
    const dialect = new PostgresDialect({ pool });
    const db = new Kysely({ dialect, plugins: [new CamelCasePlugin()] });
    return { client: db, close: () => db.destroy() };
  },
  Knex: (place) => openKnex({ client: 'pg', connection: place }),
};

export const ON_MYSQL: Readonly<Record<string, Open>> = {
  mysql2: (uri) => {
    const pool = createPool({ uri, connectionLimit: 2, nestTables: true });
    // In this mode, a backslash before a quote does not keep it from ending a text.
    const mode = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'";
    pool.on('connection', (connection) => connection.query(mode));
    return { client: pool, close: () => pool.promise().end() };
  },
  'mysql2/promise': (uri) => {
    const pool = createPromisePool({ uri, connectionLimit: 2, rowsAsArray: true });
    return { client: pool, close: () => pool.end() };
  },
  TypeORM: (url) => openDataSource({ type: 'mariadb', url, poolSize: 2 }),
  'TypeORM with replication': (url) => {
    const replication = { master: { url }, slaves: [{ url }] };
    return openDataSource({ type: 'mysql', replication });
  },
  'Drizzle on mysql2': (uri) => {
    const pool = createPool({ uri, connectionLimit: 2 });
    return { client: drizzleMysql(pool), close: () => pool.promise().end() };
  },
  Kysely: (uri) => {
    const dialect = new MysqlDialect({ pool: createPool({ uri, connectionLimit: 2 }) });
    const db = new Kysely({ dialect, plugins: [new CamelCasePlugin()] });
    return { client: db, close: () => db.destroy() };
  },
  Knex: (place) => openKnex({ client: 'mysql2', connection: place }),
};

export const ON_SQLITE: Readonly<Record<string, Open>> = {
  libsql: (path) => openSqlite(new Libsql(path)),
  TypeORM: (database) => openDataSource({ type: 'better-sqlite3', database, driver: Libsql }),
  'Drizzle on better-sqlite3': (path) => {
    const sqlite = new Libsql(path);
    return { client: drizzleSqlite(sqlite), close: () => void sqlite.close() };
  },
  Kysely: (path) => {
    const db = new Kysely({ dialect: new SqliteDialect({ database: new Libsql(path) }) });
    return { client: db, close: () => db.destroy() };
  },
  Knex: (filename) =>
    openKnex({ client: LibsqlClient, connection: { filename }, useNullAsDefault: true }),
  'a connection that does not tell of transactions, as of Node 22.5': (path) => {
    const sqlite = new Libsql(path);
    return openSqlite({
      prepare: (text) => sqlite.prepare(text),
      exec: (text) => sqlite.exec(text),
      close: () => sqlite.close(),
    });
  },
  'node:sqlite': (path) => {
    // Loaded like this, since neither Jest nor the types of Node 20 know it.
    const sqlite: { DatabaseSync: new (path: string) => ClosableSqlite } = createRequire(
      import.meta.url,
    )('node:sqlite');
    return openSqlite(new sqlite.DatabaseSync(path));
  },
};

/** Why clients cannot be tested here, if they cannot. */
export const MISSING: Readonly<Record<string, string | undefined>> = {
  'node:sqlite': process.versions.node.startsWith('20.') ? 'Node 20 does not have it.' : undefined,
};
