import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import Database from 'libsql';
import { createConnection } from 'mysql2/promise';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { Client } from 'pg';
import type { StoreName } from '../../../sample/stores/src/stores/open-store.js';
import { MariaDbServer } from '../../support/servers/mariadb-server.js';
import { PostgresServer } from '../../support/servers/postgres-server.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { SqlPlace } from '../../support/servers/sql-places.js';

/** Where sessions live: a real server or file, started for the tests. */
export interface Place {
  readonly url: string;
  /** All keys and records there, as text, as seen by whoever gets access to the place itself. */
  content(): Promise<string>;
  stop(): Promise<void>;
}

const NOWHERE: Place = { url: '', content: async () => '', stop: async () => undefined };

export const PLACES: Readonly<Record<StoreName, () => Promise<Place>>> = {
  memory: async () => NOWHERE,
  'sealed-cookie': async () => NOWHERE,
  redis: startRedis,
  'node-redis': startRedis,
  'sql-postgres': () => startSql('postgres'),
  'sql-mysql': () => startSql('mysql'),
  'sql-sqlite': () => startSql('sqlite'),
  postgres: startPostgres,
  sqlite: startSqlite,
  mysql: startMySql,
};

async function startRedis(): Promise<Place> {
  const server = await RedisServer.start();
  const content = async (): Promise<string> => {
    const client = new Redis(server.url);
    const keys = await client.keys('sess:*');
    const records = await client.mget(keys);
    client.disconnect();
    return JSON.stringify([keys, records]);
  };
  return { url: server.url, content, stop: () => server.stop() };
}

async function startPostgres(): Promise<Place> {
  const server = await PostgresServer.start();
  const content = async (): Promise<string> => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query('SELECT sid, sess::text FROM session');
    await client.end();
    return JSON.stringify(rows);
  };
  return { url: server.url, content, stop: () => server.stop() };
}

async function startSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sesame-sqlite-'));
  const url = join(folder, 'sessions.sqlite');
  const content = async (): Promise<string> => {
    const database = new Database(url);
    const rows = database.prepare('SELECT sid, sess FROM sessions').all();
    database.close();
    return JSON.stringify(rows);
  };
  return { url, content, stop: () => rm(folder, { recursive: true, force: true }) };
}

async function startMySql(): Promise<Place> {
  const server = await MariaDbServer.start();
  const content = async (): Promise<string> => {
    const client = await createConnection(server.url);
    const [rows] = await client.query('SELECT session_id, data FROM sessions');
    await client.end();
    return JSON.stringify(rows);
  };
  return { url: server.url, content, stop: () => server.stop() };
}

async function startSql(dialect: SqlDialect): Promise<Place> {
  const place = await SqlPlace.start(dialect);
  await place.install();
  const content = async (): Promise<string> => {
    const tables = ['sesame_sessions', 'sesame_user_sessions'];
    const rows = await Promise.all(tables.map((table) => place.query(`SELECT * FROM ${table}`)));
    return JSON.stringify(rows);
  };
  return { url: place.url, content, stop: () => place.stop() };
}
