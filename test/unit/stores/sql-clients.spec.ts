import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { knex } from 'knex';
import Libsql from 'libsql';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import { Client, Pool } from 'pg';
import { DataSource } from 'typeorm';

const SECRET = 'postgres://ada:lovelace@localhost/app';
const pool = new Pool({ connectionString: SECRET });
const redis = new Redis({ lazyConnect: true });
const cockroach = new DataSource({ type: 'cockroachdb', url: SECRET, timeTravelQueries: false });
const otherKnex = knex({ client: 'cockroachdb', connection: SECRET });
class Sequelize {
  query(): void {}
}

/** What a JavaScript application writes, whose types nobody checked. */
function storeOf(...given: readonly unknown[]): SqlSessionStore {
  return Reflect.construct(SqlSessionStore, given);
}

describe('SqlSessionStore refuses', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'it takes an object such as { client }, but got nothing.'],
    ['a client by itself', pool, 'it takes an object such as { client }, but got a client.'],
    ['a misspelt option', { pool }, 'pool is not an option. The options are client, dialect, '],
    ['no client', { client: undefined }, 'client is missing. If it is injected, '],
    ['a URL', { client: SECRET }, 'client is a text. Connect first, and give the client: '],
    ['a class', { client: Pool }, 'client is a class. Give an instance of it.'],
    [
      'a promise',
      { client: Promise.resolve(pool) },
      'client is a promise. Await it in useFactory ',
    ],
    [
      'one connection of pg',
      { client: new Client(SECRET) },
      'client is a single connection of pg. ',
    ],
    [
      'one connection of mysql2',
      { client: { beginTransaction() {}, query() {}, changeUser() {} } },
      'client is a single connection of mysql2. Give a pool, ',
    ],
    [
      'a pool of mariadb',
      { client: { getConnection() {}, query() {}, execute() {}, batch() {} } },
      'client is a pool of another package than mysql2. ',
    ],
    [
      'a pool of mysql',
      { client: { getConnection() {}, query() {} } },
      'client is a pool of another package than mysql2. ',
    ],
    [
      'a transaction',
      { client: { unsafe() {}, savepoint() {} } },
      'client is a transaction. Give the client that it belongs to.',
    ],
    [
      'a manager of TypeORM',
      { client: cockroach.manager },
      'client belongs to a DataSource of TypeORM. Give the DataSource itself.',
    ],
    ['a client of Redis', { client: redis }, 'client is a client of Redis. Use RedisSessionStore '],
    ['one of MongoDB', { client: { startSession() {} } }, 'client is of MongoDB. '],
    [
      'another client',
      { client: new Sequelize() },
      'client is of the class Sequelize. Give a pool ',
    ],
    ['an object', { client: {} }, 'client is an object. Give a pool of pg or mysql2, '],
    ['a number', { client: 5 }, 'client is a number. Give a pool of pg or mysql2, '],
    ['another database', { client: cockroach }, 'client does not say that its database is '],
    ['another driver', { client: otherKnex }, 'client does not say that its database is '],
    ['a function alone', { client: () => [] }, "client is a function, so set dialect: 'postgres'."],
    [
      'a function for another database',
      { client: () => [], dialect: 'mysql' },
      'client is a function, which is enough for PostgreSQL only: ',
    ],
    ['another word', { client: pool, dialect: 'oracle' }, "dialect is 'oracle'. Use 'postgres', "],
    [
      'the wrong dialect',
      { client: pool, dialect: 'mysql' },
      'dialect is mysql, but client is of postgres. Remove dialect.',
    ],
    ['another switch', { client: pool, cleanUp: 'no' }, "cleanUp is 'no'. Use true or false."],
    ['another clock', { client: pool, clock: 0 }, 'clock is 0. Give a function '],
  ])('%s', (_what, options, words) => {
    let error: unknown;
    try {
      storeOf(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`SqlSessionStore: ${words}`);
    expect(String(error)).not.toContain('lovelace');
  });
});

describe('SqlSessionStore says why it cannot read', () => {
  it.each<[string, unknown, string]>([
    [
      'a function without rows',
      { client: () => undefined, dialect: 'postgres' },
      'the function given as client answered without rows. Return the rows ',
    ],
    [
      'a DataSource that is not connected',
      { client: new DataSource({ type: 'better-sqlite3', driver: Libsql, database: ':memory:' }) },
      'the DataSource is not connected. Await its initialize() first.',
    ],
    [
      'a DataSource on another driver',
      {
        client: {
          options: { type: 'postgres' },
          driver: { obtainMasterConnection: async () => ({}) },
          createQueryRunner() {},
        },
      },
      "the client's connections are not of pg, mysql2 or better-sqlite3. Use one of these drivers.",
    ],
  ])('by %s', async (_what, options, words) => {
    await expect(storeOf(options).read('key')).rejects.toThrow(`SqlSessionStore: ${words}`);
  });
});
