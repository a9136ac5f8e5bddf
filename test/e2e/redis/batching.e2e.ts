import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { RedisCluster } from '../../support/servers/redis-cluster.js';
import { fewestReads } from '../../support/servers/redis-reads.js';
import { RedisServer } from '../../support/servers/redis-server.js';

const AT_ONCE = 60;

let single: RedisServer;
let cluster: RedisCluster;

beforeAll(async () => {
  [single, cluster] = await Promise.all([RedisServer.start(), RedisCluster.start()]);
}, 30_000);

afterAll(async () => {
  await Promise.all([single.stop(), cluster.stop()]);
});

/** Reads per turn in which this many sessions are asked for. */
async function readsPerTurn(store: RedisSessionStore, urls: readonly string[]): Promise<number> {
  const observers = urls.map((url) => new Redis(url));
  await Promise.all(observers.map((observer) => observer.ping()));
  const ask = (): Promise<unknown> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, number) => store.read(`${number}`)));
  await ask(); // every node is connected now
  const reads = await fewestReads(observers, ask);
  for (const observer of observers) observer.disconnect();
  return reads;
}

describe('what many requests ask Redis for in one turn of the event loop', () => {
  it('goes in one write, on a connection of its own', async () => {
    const store = new RedisSessionStore({ url: single.url });
    expect(await readsPerTurn(store, [single.url])).toBe(1);
    await store.close();
  });

  it('goes in one write, on a client that was handed in', async () => {
    const client = new Redis(single.url);
    const store = new RedisSessionStore({ client });
    expect(await readsPerTurn(store, [single.url])).toBe(1);
    client.disconnect();
  });

  it('goes in one write to each node of a cluster', async () => {
    const client = new Cluster(cluster.nodes);
    const store = new RedisSessionStore({ client });
    const urls = cluster.servers.map(({ url }) => url);
    expect(await readsPerTurn(store, urls)).toBe(urls.length);
    client.disconnect();
  });

  it('is answered like anything else', async () => {
    const store = new RedisSessionStore({ url: single.url });
    const record = (number: number) => ({
      payload: `"${number}"`,
      expiresAt: Date.now() + 60_000,
    });
    const numbers = Array.from({ length: AT_ONCE }, (_, number) => number);
    await Promise.all(numbers.map((number) => store.create(`key-${number}`, record(number))));
    const answers = await Promise.all(numbers.map((number) => store.read(`key-${number}`)));
    expect(answers.map((answer) => answer?.payload)).toEqual(
      numbers.map((number) => `"${number}"`),
    );
    await store.close();
  });

  it('is sent even if the timers of an application under test stand still', async () => {
    const store = new RedisSessionStore({ url: single.url });
    await store.read('connects');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    try {
      expect(await store.read('nothing')).toBeUndefined();
    } finally {
      jest.useRealTimers();
      await store.close();
    }
  });
});
