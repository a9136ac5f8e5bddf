import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionStore, StoredRecord, Version } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import type { StoreName } from '../../sample/stores/src/stores/open-store.js';
import { PROMISES } from '../e2e/stores/store-promises.js';
import type { StorePromises } from '../e2e/stores/store-promises.js';
import { RedisServer } from '../support/servers/redis-server.js';
import { SqlPlace } from '../support/servers/sql-places.js';
import { until } from '../support/until.js';
import { tableRows } from './markdown.js';

const KINDS = [
  'MemorySessionStore',
  'RedisSessionStore',
  'SqlSessionStore',
  'An express-session store',
] as const;
type Kind = (typeof KINDS)[number];

const HOUR = 3_600_000;

let redis: RedisServer;
let client: Redis;
let sqlite: SqlPlace;
let expressStore = new session.MemoryStore();

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
  sqlite = await SqlPlace.start('sqlite');
  await sqlite.install();
});

afterAll(async () => {
  client.disconnect();
  await Promise.all([redis.stop(), sqlite.stop()]);
});

/** A store as one process would open it; a second one stands for another process. */
function open(kind: Kind): SessionStore {
  if (kind === 'MemorySessionStore') return new MemorySessionStore();
  if (kind === 'RedisSessionStore') return new RedisSessionStore({ client });
  if (kind === 'SqlSessionStore') return sqlite.store();
  return new ExpressStoreAdapter(expressStore);
}

function record(said: string, lifetime = HOUR): StoredRecord {
  const expiresAt = Date.now() + lifetime;
  const cookie = { originalMaxAge: null, expires: new Date(expiresAt).toISOString() };
  return { payload: JSON.stringify({ cookie, said }), expiresAt };
}

/** Stores a record, and returns the version that the next write needs. */
async function stored(store: SessionStore, first = record('first')): Promise<Version> {
  const written = await store.create('key', first);
  if (written === 'taken') throw new Error('the key is taken');
  return written.version;
}

async function textIn(store: SessionStore): Promise<string | undefined> {
  return (await store.read('key'))?.payload;
}

async function isOneDone(one: SessionStore, other: SessionStore): Promise<boolean> {
  const version = await stored(one);
  const first = one.replace('key', version, record('one'));
  // Within a process, such a store gets one write at a time.
  if (one === other && one.lacksCompareAndSet === true) await first;
  const outcomes = await Promise.all([first, other.replace('key', version, record('other'))]);
  return (
    outcomes.filter((outcome) => typeof outcome === 'object' && 'version' in outcome).length === 1
  );
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

/** What each promise of the page comes to when tried; the cell must say exactly that. */
const PROBES: Readonly<Record<string, (kind: Kind) => Promise<string>>> = {
  'Of two writes to the same version, one wins: within a process': async (kind) => {
    const store = open(kind);
    return yesOrNo(await isOneDone(store, store));
  },
  'Of two writes to the same version, one wins: between processes': async (kind) => {
    const [one, other] = [open(kind), open(kind)];
    await stored(one);
    if ((await other.read('key')) === undefined) return 'not shared';
    await one.remove('key');
    return yesOrNo(await isOneDone(one, other));
  },
  'What was ended is not brought back by a late write': async (kind) => {
    const store = open(kind);
    const version = await stored(store);
    await store.remove('key');
    const outcome = await store.replace('key', version, record('late'));
    return yesOrNo(outcome === 'gone' && (await store.read('key')) === undefined);
  },
  'Another process, or the same after a restart, finds the session': async (kind) => {
    const store = open(kind);
    await stored(store);
    const isFound = (await textIn(open(kind))) === (await textIn(store));
    return isFound && kind === 'An express-session store' ? 'up to the store' : yesOrNo(isFound);
  },
  'Forgets a session when its time is over': async (kind) => {
    const store = open(kind);
    await stored(store, record('short', 300));
    await until(async () => (await store.read('key')) === undefined);
    return 'yes';
  },
  'Is bounded in number': async (kind) => {
    if (kind === 'An express-session store') return 'up to the store';
    const store = kind === 'MemorySessionStore' ? new MemorySessionStore({ max: 2 }) : open(kind);
    for (const key of ['one', 'two', 'three']) await store.create(key, record(key));
    return (await store.read('one')) === undefined ? 'yes, by `max`' : 'no';
  },
  'Serves plain express-session as well': async (kind) => {
    const given = kind === 'An express-session store' ? expressStore : open(kind);
    return yesOrNo(given instanceof session.Store);
  },
};

const PLACES: readonly [string, StoreName][] = [
  ['Memory', 'memory'],
  ['Sealed cookie', 'sealed-cookie'],
  ['Redis', 'redis'],
  ['Redis Cluster', 'redis'],
  ['PostgreSQL', 'sql-postgres'],
  ['MySQL or MariaDB', 'sql-mysql'],
  ['SQLite', 'sql-sqlite'],
  ['PostgreSQL', 'postgres'],
  ['SQLite', 'sqlite'],
  ['MySQL or MariaDB', 'mysql'],
];

const IN_CLEAR: Readonly<Record<StorePromises['atRest'], string>> = {
  nowhere: 'nothing leaves the process',
  'always sealed': 'nothing',
  'in clear without encryption': 'data and user ids',
};

describe('The table for choosing a store', () => {
  it('says what the scenario that runs on every store asserts', () => {
    const rows = tableRows('docs/06-stores.md', 'Store').map(([name = '', ...cells]) =>
      // The last cell is a measurement.
      [/\[(.*?)\]/.exec(name)?.[1] ?? ''].concat(cells.slice(0, -1)),
    );
    expect(rows).toEqual(
      PLACES.map(([name, place]) => {
        const promises = PROMISES[place];
        return [
          name,
          yesOrNo(promises.survivesRestart),
          yesOrNo(promises.isSharedByInstances),
          promises.parallelWritesInProcess,
          promises.parallelWritesBetweenProcesses,
          yesOrNo(promises.endsAtOnce),
          yesOrNo(promises.listsDevices),
          yesOrNo(promises.capsSessions),
          IN_CLEAR[promises.atRest],
        ];
      }),
    );
  });
});

describe('The stores page', () => {
  const rows = tableRows('docs/06-stores.md', 'Promise');

  it('has exactly one probe for each of its promises', () => {
    expect(rows.map(([promise]) => promise)).toEqual(Object.keys(PROBES));
  });

  it.each(rows)('tells the truth about: %s', async (promise, ...cells) => {
    const probe = PROBES[promise ?? ''];
    const found: (string | undefined)[] = [];
    for (const kind of KINDS) {
      await client.flushall();
      await sqlite.empty();
      expressStore = new session.MemoryStore();
      found.push(await probe?.(kind));
    }
    expect(cells).toEqual(found);
  });
});
