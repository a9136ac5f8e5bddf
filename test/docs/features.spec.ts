import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { Cluster, Redis } from 'ioredis';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemorySessionStore, SealedCookieStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../support/applications/nest-app.js';
import { RedisCluster } from '../support/servers/redis-cluster.js';
import { RedisServer } from '../support/servers/redis-server.js';
import { SqlPlace } from '../support/servers/sql-places.js';
import { withoutIndex } from '../support/stores/store-without-index.js';
import { FEATURES } from './features/feature-probes.js';
import type { AnyStore } from './features/features-app.js';
import { root, tableRows } from './markdown.js';

const PAGE = 'docs/features.md';

let redis: RedisServer;
let cluster: RedisCluster;
let sqlite: SqlPlace;
let client: Redis;
let clusterClient: Cluster;

/** An empty store for each column. */
const COLUMNS: readonly (() => AnyStore)[] = [
  () => new MemorySessionStore(),
  () => new RedisSessionStore({ client }),
  () => new RedisSessionStore({ client: clusterClient }),
  () => sqlite.store(),
  () => new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] }),
  () => new session.MemoryStore(),
  () => withoutIndex(new MemorySessionStore()),
];

beforeAll(async () => {
  [redis, cluster] = await Promise.all([RedisServer.start(), RedisCluster.start()]);
  sqlite = await SqlPlace.start('sqlite');
  await sqlite.install();
  client = new Redis(redis.url);
  clusterClient = new Cluster(cluster.nodes);
}, 60_000);

afterEach(async () => {
  await closeApps();
  await sqlite.endOthers();
  await sqlite.empty();
  const masters = clusterClient.nodes('master');
  await Promise.all([client, ...masters].map((one) => one.flushall()));
});

afterAll(async () => {
  client.disconnect();
  clusterClient.disconnect();
  await Promise.all([redis.stop(), cluster.stop(), sqlite.stop()]);
});

describe('The features page', () => {
  const rows = tableRows(PAGE, 'On the store');

  it('has exactly one probe for each of its rows', () => {
    expect(rows.map(([feature]) => feature)).toEqual([...FEATURES.keys()]);
  });

  it.each(rows)('tells the truth about: %s', async (feature, ...cells) => {
    const probe = FEATURES.get(feature ?? '');
    expect(cells).toEqual(await Promise.all(COLUMNS.map((open) => probe?.(open()))));
  });

  it('names tests that exist', () => {
    const named = tableRows(PAGE, 'On the edge').flatMap((cells) =>
      [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((file) => !existsSync(join(root, 'test', file)))).toEqual([]);
  });
});
