import '../../support/session-data.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import connectPgSimple from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import type { Store } from 'express-session';
import { Redis } from 'ioredis';
import createMemoryStore from 'memorystore';
import createFileStore from 'session-file-store';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { PostgresServer } from '../../support/servers/postgres-server.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { startExpress } from '../redis/migration-apps.js';

const FileStore = createFileStore(session);
const MemoryStore = createMemoryStore(session);
const PostgresStore = connectPgSimple(session);

let redis: RedisServer;
let client: Redis;
let postgres: PostgresServer;
let folder: string;
const closing: (() => void)[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
  postgres = await PostgresServer.start();
  folder = await mkdtemp(join(tmpdir(), 'session-file-store-'));
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Each application gets its own store, on the same records. */
type Stores = () => Store;

function inPostgres(): Store {
  const conString = postgres.url;
  const store = new PostgresStore({
    conString,
    createTableIfMissing: true,
    pruneSessionInterval: false,
  });
  closing.push(() => store.close());
  return store;
}

/** One store object for both: it keeps the sessions in itself. */
function shared(store: Store): Stores {
  return () => store;
}

const PLACES: readonly [
  string,
  () => { readonly plain: Stores; readonly sesame: () => Store | RedisSessionStore },
][] = [
  [
    'connect-redis, and RedisSessionStore here',
    () => ({
      plain: () => new RedisStore({ client }),
      sesame: () => new RedisSessionStore({ client }),
    }),
  ],
  [
    'connect-redis',
    () => ({ plain: () => new RedisStore({ client }), sesame: () => new RedisStore({ client }) }),
  ],
  ['connect-pg-simple', () => ({ plain: inPostgres, sesame: inPostgres })],
  [
    'session-file-store',
    () => {
      const open = () =>
        new FileStore({ path: folder, retries: 0, reapInterval: -1, logFn: () => undefined });
      return { plain: open, sesame: open };
    },
  ],
  [
    "express-session's MemoryStore",
    () => {
      const one = shared(new session.MemoryStore());
      return { plain: one, sesame: one };
    },
  ],
  [
    'memorystore',
    () => {
      const one = shared(new MemoryStore({}));
      return { plain: one, sesame: one };
    },
  ],
];

/** With anything shorter, a test could not use a session in time. */
const IDLE = 1_500;

describe.each(PLACES)('on %s, a session that both use', (_name, open) => {
  /** A session, in a browser of either application. */
  interface Shared {
    readonly browser: Browser;
    readonly elsewhere: Browser;
  }
  let used: ReadonlyMap<number | undefined, Shared>;
  let changed: Shared;
  let unused: Shared;

  /** All of them are idle at the same time. */
  beforeAll(async () => {
    const { plain, sesame } = open();
    const start = async (maxAge?: number): Promise<() => Promise<Shared>> => {
      const there = await startExpress(plain(), maxAge);
      const cookie = maxAge === undefined ? {} : { cookie: { maxAge } };
      const here = await startServer(
        { store: sesame(), hashIds: false, idleTimeout: IDLE, ...cookie },
        ({ session: own, url }, response) => {
          if (url === '/begin') own.count = 1;
          response.end(JSON.stringify({ count: own.count }));
        },
      );
      return async () => {
        const browser = new Browser(here.origin);
        await browser.get('/begin');
        return { browser, elsewhere: browser.copy(there.origin) };
      };
    };
    const [begin, beginLasting] = [await start(), await start(60_000)];
    used = new Map([
      [undefined, await begin()],
      [60_000, await beginLasting()],
    ]);
    for (const { elsewhere } of used.values()) {
      expect((await elsewhere.get('/who')).body).toMatchObject({ count: 1 });
    }
    changed = await begin();
    await changed.elsewhere.post('/count');
    unused = await begin();
    const begun = Date.now();
    await until(() => Date.now() > begun + IDLE + 1_000);
  });

  afterAll(async () => {
    await closeApps();
    await closeServers();
    for (const close of closing.splice(0)) close();
  });

  it.each([undefined, 60_000])(
    'stays alive while express-session uses it, with a maxAge of %p',
    async (maxAge) => {
      const { browser, elsewhere } = used.get(maxAge) ?? unused;
      expect((await elsewhere.get('/who')).body).toMatchObject({ count: 1 });
      expect((await browser.get('/')).body).toEqual({ count: 1 });
      expect((await browser.get('/')).body).toEqual({ count: 1 });
    },
  );

  it('stays alive when express-session has changed it', async () => {
    expect((await changed.browser.get('/')).body).toEqual({ count: 2 });
  });

  it('ends when nobody uses it', async () => {
    expect((await unused.browser.get('/')).body).toEqual({});
  });
});
