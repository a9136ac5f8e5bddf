import { afterEach, describe, expect, it } from '@jest/globals';
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely';
import type { LogEvent } from 'kysely';
import Database from 'libsql';
import { createPool } from 'mysql2';
import type { Move, StoredRecord, Version } from 'nestjs-sesame';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { tableRows } from '../../docs/markdown.js';
import { closeServers, startServer } from '../../support/http-server.js';
import type { SqlPlace } from '../../support/sql-places.js';
import { until } from '../../support/until.js';

const HOUR = 3_600_000;
const USER = 'ada';

/** The column of the page that a dialect has. */
const COLUMNS: Readonly<Record<SqlDialect, number>> = { postgres: 0, sqlite: 1, mysql: 2 };

interface Counted {
  readonly store: SqlSessionStore;
  /** The first words of the statements since the last look. */
  statements(): string[];
  /** How many different texts there have been. */
  differing(): number;
}

type Operation = (store: SqlSessionStore, setUp: SqlSessionStore) => Promise<() => Promise<object>>;

/** What the page of stores counts: what was there before, and then what is counted. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'A request that changes nothing': async (store, setUp) => {
    await created(setUp, 'key');
    return async () => found(await store.read('key'));
  },
  'A request that changes its session, or extends it': async (store, setUp) => {
    await created(setUp, 'key');
    return async () => {
      const { version } = found(await store.read('key'));
      return written(await store.replace('key', version, record()));
    };
  },
  'The same, where another instance was faster': async (store, setUp) => {
    const version = await created(setUp, 'key');
    return async () => {
      await store.read('key');
      await setUp.replace('key', version, record());
      const outcome = await store.replace('key', version, record());
      if (typeof outcome === 'string' || !('conflict' in outcome)) throw new Error('no conflict');
      return written(await store.replace('key', outcome.conflict.version, record()));
    };
  },
  'A first visit that stores a session': async (store) => async () =>
    written(await store.create('key', record())),
  'The new id of a sign-in, with its mark and its entry': async (store, setUp) => {
    const move = signIn(await created(setUp, 'former'));
    return async () => written(await store.move(move));
  },
  'The same under a `limit`, where a session has to go': async (store, setUp) => {
    await setUp.users.add(USER, entry('oldest'));
    const move = signIn(await created(setUp, 'former'));
    const limit = { max: 1, onExceed: 'evict-oldest' } as const;
    return async () => {
      const outcome = written(await store.move({ ...move, limit }));
      expect(outcome).toMatchObject({ evicted: ['oldest'] });
      return outcome;
    };
  },
  'The end of a session: its mark and its entry': async (store, setUp) => {
    await created(setUp, 'key');
    await setUp.users.add(USER, entry('key'));
    return async () => {
      await store.put('key', record());
      expect(await store.users.remove(USER, 'key')).toBe(true);
      return {};
    };
  },
  'A list of 250 sessions of a user': async (store, setUp) => {
    const keys = Array.from({ length: 250 }, (_, number) => `key${String(number)}`);
    await Promise.all(keys.map((key) => setUp.users.add(USER, entry(key))));
    return async () => store.readMany(await store.users.list(USER));
  },
};

/** How many statements everything costs, and that the page of stores says so. */
export function describeStatements(dialect: SqlDialect, place: () => SqlPlace): void {
  describe('the statements', () => {
    let counted: Kysely<unknown> | undefined;
    afterEach(async () => {
      await closeServers();
      await counted?.destroy();
    });

    const count = (): Counted => {
      const statements: string[] = [];
      const texts = new Set<string>();
      counted = kyselyAt(place(), ({ query }) => {
        texts.add(query.sql);
        statements.push(query.sql.split(' ')[0] ?? '');
      });
      const store = new SqlSessionStore({ client: counted, dialect, cleanUp: false });
      return { store, statements: () => statements.splice(0), differing: () => texts.size };
    };

    it('are one to read, two to read and write, and one for a first visit', async () => {
      const { store, statements } = count();
      const server = await startServer({ store }, ({ url, session }, response) => {
        if (url === '/write') session['count'] = (Number(session['count']) || 0) + 1;
        response.end(String(session['count']));
      });
      const browser = server.browser();
      await until(async () => statements().length === 1); // at boot
      await browser.get('/write');
      expect(statements()).toEqual(['INSERT']);
      await browser.get('/read');
      expect(statements()).toEqual(['SELECT']);
      await browser.get('/write');
      expect(statements()).toEqual(['SELECT', 'UPDATE']);
      expect((await browser.get('/read')).text).toBe('2');
    });

    it('are the same for many numbers of keys', async () => {
      const { store, differing } = count();
      const use = async (number: number): Promise<void> => {
        const keys = Array.from({ length: number }, (_, at) => `key${String(at)}`);
        await Promise.all(keys.map((key) => store.users.add(USER, entry(key))));
        await store.readMany(keys);
        expect(await store.users.removeMany?.(USER, keys)).toEqual(keys.map(() => true));
      };
      for (const number of [8, 32]) await use(number);
      const known = differing();
      for (const number of [5, 6, 7, 17, 30]) await use(number);
      expect(differing()).toBe(known);
    });

    const rows = tableRows('docs/06-stores.md', 'What happens');

    it('of all these operations are on the page of stores', () => {
      expect(rows.map(([operation]) => operation)).toEqual(Object.keys(OPERATIONS));
    });

    it.each(rows)('are as the page says: %s', async (operation = '', ...cells) => {
      const { store, statements } = count();
      const run = await OPERATIONS[operation]?.(store, place().store());
      await run?.();
      expect(String(statements().length)).toBe(cells[COLUMNS[dialect]]);
    });
  });
}

/** Kysely tells of each statement, also of those that begin and end a transaction. */
function kyselyAt({ dialect, url }: SqlPlace, log: (event: LogEvent) => void): Kysely<unknown> {
  switch (dialect) {
    case 'postgres':
      return new Kysely({
        dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
        log,
      });
    case 'mysql':
      return new Kysely({ dialect: new MysqlDialect({ pool: createPool(url) }), log });
    case 'sqlite':
      return new Kysely({ dialect: new SqliteDialect({ database: new Database(url) }), log });
  }
}

function record(): StoredRecord {
  return { payload: '{}', expiresAt: Date.now() + HOUR };
}

function entry(key: string): { key: string; expiresAt: number } {
  return { key, expiresAt: Date.now() + HOUR };
}

async function created(store: SqlSessionStore, key: string): Promise<Version> {
  return written(await store.create(key, record())).version;
}

function signIn(version: Version): Move {
  return {
    from: { key: 'former', version, userId: undefined },
    mark: record(),
    to: 'next',
    record: record(),
    entry: { userId: USER, expiresAt: Date.now() + HOUR },
    limit: undefined,
    needsFormerEntry: false,
  };
}

function found<T>(there: T | undefined): T {
  if (there === undefined) throw new Error('it is not there');
  return there;
}

/** What a write answers that was not refused. */
function written<T extends object>(outcome: T | string): T {
  if (typeof outcome === 'string' || 'conflict' in outcome) throw new Error('it was not written');
  return outcome;
}
