import '../../support/session-data.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import type { SessionData } from 'express-session';
import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSessionStoreOptions } from 'nestjs-sesame/redis';
import { createClient, createCluster } from 'redis';
import { closeServers, listen } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { RedisCluster } from '../../support/servers/redis-cluster.js';
import { RedisServer } from '../../support/servers/redis-server.js';

let single: RedisServer;
let cluster: RedisCluster;
let singleClient: Redis;
let clusterClient: Cluster;
let nodeRedis: ReturnType<typeof createClient>;
let nodeRedisCluster: ReturnType<typeof createCluster>;
const opened: RedisSessionStore[] = [];

beforeAll(async () => {
  [single, cluster] = await Promise.all([RedisServer.start(), RedisCluster.start()]);
  singleClient = new Redis(single.url);
  clusterClient = new Cluster(cluster.nodes);
  nodeRedis = createClient({ url: single.url });
  nodeRedisCluster = createCluster({ rootNodes: cluster.servers.map(({ url }) => ({ url })) });
  for (const client of [nodeRedis, nodeRedisCluster]) client.on('error', () => undefined);
  await Promise.all([nodeRedis.connect(), nodeRedisCluster.connect()]);
  await Promise.all([singleClient.ping(), clusterClient.get('ready')]);
}, 30_000);

afterEach(async () => {
  await closeServers();
  await Promise.all(opened.splice(0).map((store) => store.close()));
  const nodes = [singleClient, ...clusterClient.nodes('master')];
  await Promise.all(nodes.map((node) => node.flushall()));
});

afterAll(async () => {
  singleClient.disconnect();
  clusterClient.disconnect();
  nodeRedis.destroy();
  nodeRedisCluster.destroy();
  await Promise.all([single.stop(), cluster.stop()]);
});

type Target = (options?: object) => RedisSessionStoreOptions;

const TARGETS: [string, Target, isCluster?: boolean][] = [
  ['by its URL', (options) => ({ url: single.url, ...options })],
  ['on a Redis client', (options) => ({ client: singleClient, ...options })],
  ['by the nodes of a cluster', (options) => ({ nodes: cluster.nodes, ...options }), true],
  ['on a Cluster', (options) => ({ client: clusterClient, ...options }), true],
  ['on a client of node-redis', (options) => ({ client: nodeRedis, ...options })],
  ['on a cluster of node-redis', (options) => ({ client: nodeRedisCluster, ...options }), true],
];

function open(options: RedisSessionStoreOptions): RedisSessionStore {
  const store = new RedisSessionStore(options);
  opened.push(store);
  return store;
}

function sessionOf(label: string, maxAge: number | null = null): SessionData {
  const cookie = new session.Cookie();
  if (maxAge !== null) {
    cookie.maxAge = maxAge;
    // express-session takes what is left by now, which may be a millisecond less.
    cookie.originalMaxAge = maxAge;
  }
  return Object.assign(Object.create(null), { cookie, label });
}

describe.each(TARGETS)('RedisSessionStore %s as a plain express-session store', (_name, target) => {
  it('sets, gets, touches and destroys right after it is created', async () => {
    const store = open(target());
    await store.set('a', sessionOf('tea', 60_000));
    expect(await store.get('a')).toMatchObject({
      label: 'tea',
      cookie: { originalMaxAge: 60_000 },
    });
    const reader = open(target());
    expect(await reader.client.expire('sess:a', 10)).toBe(1);
    await reader.touch('a', sessionOf('ignored', 600_000));
    expect(await clientOf(target).ttl('sess:a')).toBeGreaterThan(500);
    expect(await reader.get('a')).toMatchObject({ label: 'tea' });
    await reader.destroy('a');
    expect(await store.get('a')).toBeNull();
  });

  it('keeps a session without an expiry for `ttl` seconds', async () => {
    const store = open(target({ ttl: 100 }));
    await store.set('a', sessionOf('tea'));
    const left = await clientOf(target).ttl('sess:a');
    expect(left).toBeGreaterThan(95);
    expect(left).toBeLessThanOrEqual(100);
  });

  it('lists, counts and clears the sessions of its prefix, however many there are', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `s${index}`).toSorted();
    const store = open(target({ prefix: 'app:sess:', scanCount: 5 }));
    const other = open(target());
    await other.set('stays', sessionOf('other'));
    await Promise.all(names.map((name) => store.set(name, sessionOf(name))));
    const fresh = open(target({ prefix: 'app:sess:', scanCount: 5 }));
    expect([...(await fresh.ids())].toSorted()).toEqual(names);
    expect(await fresh.length()).toBe(40);
    const all: { id: string; label: string }[] = await fresh.all();
    expect(all.map(({ id }) => id).toSorted()).toEqual(names);
    expect(all.every(({ id, label }) => id === label)).toBe(true);
    await fresh.clear();
    expect(await fresh.all()).toEqual([]);
    expect(await other.ids()).toEqual(['stays']);
  });

  it('serves the middleware of express-session', async () => {
    const middleware = session({
      secret: SECRET,
      store: open(target()),
      resave: false,
      saveUninitialized: false,
    });
    const server = await listen((request, response) => {
      // express-session asks for Express's types, but needs nothing of Express.
      Reflect.apply(middleware, undefined, [
        request,
        response,
        () => {
          const own: SessionData = Reflect.get(request, 'session');
          own.count = (own.count ?? 0) + 1;
          response.end(String(own.count));
        },
      ]);
    });
    const browser = server.browser();
    expect([(await browser.get('/')).text, (await browser.get('/')).text]).toEqual(['1', '2']);
  });
});

function clientOf(target: Target): Redis | Cluster {
  const isOnCluster = TARGETS.some(([, one, isCluster]) => one === target && isCluster);
  return isOnCluster ? clusterClient : singleClient;
}

it('lists every session through a Cluster that is not connected yet', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`).toSorted();
  const store = open({ client: clusterClient });
  await Promise.all(names.map((name) => store.set(name, sessionOf(name))));
  const late = new Cluster(cluster.nodes.slice(0, 1));
  try {
    expect([...(await open({ client: late }).ids())].toSorted()).toEqual(names);
  } finally {
    late.disconnect();
  }
});
