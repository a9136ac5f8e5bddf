import { afterAll, describe, expect, it } from '@jest/globals';
import { DevelopmentSessionStore, MemorySessionStore, SealedCookieStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { schemaSql, schemaStatements, SqlSessionStore } from 'nestjs-sesame/sql';
import { Pool } from 'pg';

const SECRET = 'a key of at least thirty-two characters';
const url = 'redis://127.0.0.1:1';
const client = new Pool({ connectionString: 'postgres://127.0.0.1:1' });

afterAll(() => client.end());

/** What takes options, as an application in JavaScript may call it, and options that it takes. */
interface Taker {
  readonly name: string;
  readonly good: Readonly<Record<string, unknown>>;
  readonly names: string;
  readonly mayBeLeftOut?: boolean;
  readonly example: string;
  take(...options: readonly unknown[]): unknown;
}

const constructing =
  (store: new (...options: never) => unknown): Taker['take'] =>
  (...options) =>
    Reflect.construct(store, options);

const memory: Taker = {
  name: 'MemorySessionStore',
  good: { max: 5, clock: Date.now },
  names: 'max, clock',
  mayBeLeftOut: true,
  example: '{ max }',
  take: constructing(MemorySessionStore),
};
const development: Taker = {
  name: 'DevelopmentSessionStore',
  good: { file: '/tmp/nobody/sessions.json', max: 5, clock: Date.now },
  names: 'file, max, clock',
  mayBeLeftOut: true,
  example: '{ file }',
  take: constructing(DevelopmentSessionStore),
};
const sealed: Taker = {
  name: 'SealedCookieStore',
  good: { keys: [SECRET] },
  names: 'keys',
  example: '{ keys }',
  take: constructing(SealedCookieStore),
};
const redis: Taker = {
  name: 'RedisSessionStore',
  good: {
    url,
    redisOptions: {},
    prefix: '',
    userPrefix: 'u:',
    serializer: JSON,
    scanCount: 5,
    ttl: 60,
  },
  names:
    'client, url, nodes, sentinels, name, redisOptions, clusterOptions, prefix, userPrefix, serializer, scanCount, ttl',
  example: '{ client } or { url }',
  take: constructing(RedisSessionStore),
};
const sql: Taker = {
  name: 'SqlSessionStore',
  good: {
    client,
    dialect: 'postgres',
    prefix: 'a_',
    schema: 'b',
    cleanUp: false,
    clock: Date.now,
  },
  names: 'client, dialect, prefix, schema, cleanUp, clock',
  example: '{ client }',
  take: constructing(SqlSessionStore),
};
const schemas = [schemaSql, schemaStatements].map((schema): Taker => ({
  name: 'SqlSessionStore',
  good: { prefix: 'a_', schema: 'b', unlogged: true },
  names: 'prefix, schema, unlogged',
  mayBeLeftOut: true,
  example: '{ prefix }',
  take: (...options) => Reflect.apply(schema, undefined, ['postgres', ...options]),
}));
const [schema = sql] = schemas;

const TAKERS = [memory, development, sealed, redis, sql, ...schemas];

const OF_CLOCK = 'Give a function that answers epoch milliseconds.';
const OF_MAX = 'It counts sessions: give a whole number above zero.';
const OF_FILE = 'Give the path of a file.';
const OF_IOREDIS = 'Give an object of options of ioredis.';
const OF_SERIALIZER = 'Give an object with the methods parse and stringify.';
const OF_COUNT = 'It counts keys: give a whole number above zero.';
const OF_TTL = 'Give a number of seconds, or a function of the session that returns one.';
const OF_DIALECT = "Use 'postgres', 'mysql' or 'sqlite'.";
const OF_FLAG = 'Use true or false.';
const OF_PREFIX =
  'Use lower-case letters, digits and underscores, at most 31, and begin with a letter.';
const OF_SCHEMA = 'Give the name of a schema in letters, digits and underscores, at most 63.';

const WRONG: readonly [Taker, string, unknown, shown: string, remedy: string][] = [
  [memory, 'max', 0, '0', OF_MAX],
  [memory, 'max', '5', "'5'", OF_MAX],
  [memory, 'max', null, 'null', OF_MAX],
  [memory, 'clock', 5, '5', OF_CLOCK],
  [development, 'file', 5, '5', OF_FILE],
  [development, 'file', '', 'an empty string', OF_FILE],
  [development, 'max', 0, '0', OF_MAX],
  [development, 'clock', {}, 'an object', OF_CLOCK],
  [redis, 'prefix', 5, '5', 'Give a text.'],
  [redis, 'userPrefix', null, 'null', 'Give a text.'],
  [redis, 'redisOptions', 'tls', "'tls'", OF_IOREDIS],
  [redis, 'clusterOptions', [], 'an empty array', OF_IOREDIS],
  [redis, 'serializer', {}, 'an object', OF_SERIALIZER],
  [redis, 'serializer', { parse: JSON.parse }, 'an object', OF_SERIALIZER],
  [redis, 'scanCount', '100', "'100'", OF_COUNT],
  [redis, 'scanCount', 0, '0', OF_COUNT],
  [redis, 'ttl', '1d', "'1d'", OF_TTL],
  [redis, 'ttl', Number.NaN, 'NaN', OF_TTL],
  [redis, 'name', '', 'an empty string', 'Give the name by which the sentinels know the master.'],
  [sql, 'dialect', 'oracle', "'oracle'", OF_DIALECT],
  [sql, 'dialect', ['mysql'], 'an array', OF_DIALECT],
  [sql, 'prefix', 5, '5', OF_PREFIX],
  [sql, 'prefix', 'x; drop', "'x; drop'", OF_PREFIX],
  [sql, 'schema', null, 'null', OF_SCHEMA],
  [sql, 'cleanUp', 'no', "'no'", OF_FLAG],
  [sql, 'clock', 0, '0', OF_CLOCK],
  [schema, 'prefix', 'p'.repeat(80), 'a string of 80 characters', OF_PREFIX],
  [schema, 'schema', 'a"b', `'a"b'`, OF_SCHEMA],
  [schema, 'unlogged', 'yes', "'yes'", OF_FLAG],
];

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return error.message;
  }
  return 'nothing was refused';
}

describe.each(TAKERS)('the options of $name: $names', (taker) => {
  const { name, good, names, example, mayBeLeftOut = false, take } = taker;

  it('are taken, also where they are undefined', () => {
    expect(() => take(good)).not.toThrow();
    const optional = Object.keys(good).filter((one) => !['url', 'client', 'keys'].includes(one));
    const without = Object.fromEntries(optional.map((one) => [one, undefined]));
    expect(() => take({ ...good, ...without })).not.toThrow();
  });

  it.each([
    [5, 'a number'],
    ['redis://localhost', 'a string'],
    [null, 'null'],
    [[], 'an empty array'],
    [() => undefined, 'a function'],
  ])('are not %p', (given, shown) => {
    const said = `${name}: it takes an object such as ${example}, but got ${shown}.`;
    expect(messageOf(() => take(given))).toBe(said);
  });

  it(mayBeLeftOut ? 'may be left out' : 'may not be left out', () => {
    const said = mayBeLeftOut
      ? 'nothing was refused'
      : `${name}: it takes an object such as ${example}, but got nothing.`;
    expect([messageOf(() => take()), messageOf(() => take(undefined))]).toEqual([said, said]);
  });

  it.each(Object.keys(good))('are not misspelt: %s', (option) => {
    const misspelt = option.slice(0, -1);
    const said = `${name}: ${misspelt} is not an option. Did you mean ${option}? The options are ${names}.`;
    expect(messageOf(() => take({ ...good, [misspelt]: good[option] }))).toBe(said);
  });

  it('are no others, and none that every object has', () => {
    for (const other of ['somethingElse', 'hasOwnProperty']) {
      const said = `${name}: ${other} is not an option. The options are ${names}.`;
      expect(messageOf(() => take({ ...good, [other]: 1 }))).toBe(said);
    }
  });
});

it.each(WRONG)('$name is told what %s must be: %#', (taker, option, value, shown, remedy) => {
  const said = `${taker.name}: ${option} is ${shown}. ${remedy}`;
  expect(messageOf(() => taker.take({ ...taker.good, [option]: value }))).toBe(said);
});

it.each([
  ['oracle', "'oracle'"],
  ['POSTGRES', "'POSTGRES'"],
  [undefined, 'missing'],
  [{}, 'an object'],
])('a schema has a dialect, which is not %p', (dialect, shown) => {
  for (const schema of [schemaSql, schemaStatements]) {
    const said = `SqlSessionStore: dialect is ${shown}. ${OF_DIALECT}`;
    expect(messageOf(() => Reflect.apply(schema, undefined, [dialect]))).toBe(said);
  }
});

it('no message shows a secret that got into the wrong place', () => {
  expect(messageOf(() => sealed.take(SECRET))).not.toContain(SECRET);
  expect(messageOf(() => redis.take({ url, prefix: [SECRET], serializer: SECRET }))).not.toContain(
    SECRET,
  );
});
