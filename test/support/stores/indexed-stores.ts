import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { createClient } from 'redis';
import { closeApps } from '../applications/nest-app.js';
import { describeIfMariaDb } from '../servers/mariadb-server.js';
import { RedisCluster } from '../servers/redis-cluster.js';
import { RedisServer } from '../servers/redis-server.js';
import { SqlPlace } from '../servers/sql-places.js';
import { storesToTry } from './stores-to-try.js';

/** A place where sessions live that knows which session is whose. */
interface IndexedBackend {
  /** The store as one more instance of the application sees it. */
  another(clock?: () => number): IndexedSessionStore;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Where a test gets its stores from: those of one test share what they keep. */
export interface IndexedStores {
  /** @param clock of the store; Redis goes by its own */
  another(clock?: () => number): IndexedSessionStore;
}

const MARIADB = 'SqlSessionStore on MariaDB';

const BACKENDS: readonly [string, () => Promise<IndexedBackend>][] = [
  ['MemorySessionStore', memory],
  ['RedisSessionStore', redis],
  ['RedisSessionStore on a Cluster', cluster],
  ['RedisSessionStore by node-redis', nodeRedis],
  ['SqlSessionStore on PostgreSQL', () => sql('postgres')],
  [MARIADB, () => sql('mysql')],
  ['SqlSessionStore on SQLite', () => sql('sqlite')],
];

type Suite = (stores: IndexedStores) => void;

/** Runs a suite on stores that keep an index of users; each test finds its store empty. */
export function describeOnIndexedStores(title: string, suite: Suite): void {
  for (const [name, start] of storesToTry(BACKENDS)) {
    const describeHere = name === MARIADB ? describeIfMariaDb : describe;
    describeHere(`${title}, on ${name}`, () => onOne(start, suite));
  }
}

function onOne(start: () => Promise<IndexedBackend>, suite: Suite): void {
  let backend: IndexedBackend | undefined;
  beforeAll(async () => {
    backend = await start();
  }, 60_000);
  afterAll(async () => {
    await backend?.close();
  });
  afterEach(async () => {
    await closeApps(); // what they are still doing needs the store, and they wait for that
    await backend?.clear();
  });
  suite({
    another: (clock) => {
      if (backend === undefined) throw new Error('the backend has not started');
      return backend.another(clock);
    },
  });
}

async function memory(): Promise<IndexedBackend> {
  let store: MemorySessionStore | undefined;
  return {
    another: (clock) => (store ??= new MemorySessionStore({ clock })),
    clear: async () => {
      store = undefined;
    },
    close: async () => undefined,
  };
}

async function redis(): Promise<IndexedBackend> {
  const server = await RedisServer.start();
  const clients: Redis[] = [];
  return {
    another: () => {
      const client = new Redis(server.url);
      clients.push(client);
      return new RedisSessionStore({ client });
    },
    clear: async () => {
      await clients[0]?.flushall();
      for (const client of clients.splice(0)) client.disconnect();
    },
    close: async () => {
      await server.stop();
    },
  };
}

async function nodeRedis(): Promise<IndexedBackend> {
  const server = await RedisServer.start();
  const open = () => createClient({ url: server.url });
  const admin = await open().connect();
  const clients: ReturnType<typeof open>[] = [];
  return {
    another: () => {
      const client = open();
      client.connect().catch(() => undefined); // calls made meanwhile wait
      clients.push(client);
      return new RedisSessionStore({ client });
    },
    clear: async () => {
      for (const client of clients.splice(0)) client.destroy();
      await admin.flushAll();
    },
    close: async () => {
      admin.destroy();
      await server.stop();
    },
  };
}

async function cluster(): Promise<IndexedBackend> {
  const servers = await RedisCluster.start();
  const client = new Cluster(servers.nodes);
  return {
    another: () => new RedisSessionStore({ client }),
    clear: async () => {
      await Promise.all(client.nodes('master').map((node) => node.flushall()));
    },
    close: async () => {
      client.disconnect();
      await servers.stop();
    },
  };
}

async function sql(dialect: SqlDialect): Promise<IndexedBackend> {
  const place = await SqlPlace.start(dialect);
  await place.install();
  return {
    another: (clock) => place.store({ clock }),
    clear: async () => {
      await place.endOthers();
      await place.empty();
    },
    close: () => place.stop(),
  };
}
