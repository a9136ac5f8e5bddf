import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createClient, createClientPool, createCluster } from 'redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { fewestReads } from '../../support/servers/redis-reads.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { standing, startDevicesApp } from '../users-and-devices/devices-app.js';
import { isRefusal, recovery, startVisits, STORE_TIMEOUT, timed } from './outage-app.js';

let redis: RedisServer;
let admin: Redis;
let client: ReturnType<typeof open>;

/** A client as the documentation says it should be: it refuses commands while there is no connection. */
const open = (options = {}) =>
  createClient({
    url: redis.url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 20 },
    ...options,
  }).on('error', () => undefined);

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(async () => {
  admin = new Redis(redis.url);
  admin.on('error', () => undefined);
  client = await open().connect();
});
afterEach(async () => {
  await closeApps();
  await closeServers();
  client.destroy();
  await admin.flushall();
  admin.disconnect();
});
afterAll(() => redis.stop());

describe('a client of node-redis', () => {
  it('takes one command for a request that reads, and two for one that writes', async () => {
    const { browser } = await startVisits({ client });
    const visitor = browser();
    for (const _ of [1, 2]) await visitor.post('/visit');
    await admin.config('RESETSTAT');
    await visitor.get('/look');
    await visitor.post('/visit');
    const calls = Object.fromEntries(
      Array.from(
        (await admin.info('commandstats')).matchAll(/cmdstat_(\w+):calls=(\d+)/g),
        ([, name = '', count]) => [name, Number(count)],
      ),
    );
    // The script asks whose turn it is.
    expect(calls).toMatchObject({ get: 3, evalsha: 1, set: 1 });
    expect(calls).not.toHaveProperty('eval');
  });

  it('sends in one write what many requests ask for in one turn of the event loop', async () => {
    const store = new RedisSessionStore({ client });
    const ask = () => Promise.all(Array.from({ length: 60 }, (_, at) => store.read(`${at}`)));
    await ask();
    expect(await fewestReads([admin], ask)).toBe(1);
  });

  it('is neither closed nor given a listener', async () => {
    const store = new RedisSessionStore({ client });
    const events = ['error', 'ready', 'connect', 'end'];
    const listeners = () => events.map((event) => client.listenerCount(event));
    const before = listeners();
    const { browser } = await startVisits({ client });
    await browser().post('/visit');
    await closeApps();
    await store.close();
    expect(client.isReady).toBe(true);
    expect(listeners()).toEqual(before);
    expect(await store.read('nothing')).toBeUndefined();
  });

  it('causes a warning if it has no error listener', async () => {
    const bare = createClient({ url: redis.url });
    await bare.connect();
    const { logs, restore } = recordLogs();
    await startServer({ store: new RedisSessionStore({ client: bare }) }, () => undefined);
    restore();
    bare.destroy();
    expect(logs).toEqual([
      { level: 'warn', message: expect.stringContaining("Add client.on('error', ...)") },
    ]);
  });

  it.each([
    ['a client', () => createClient({ url: redis.url })],
    ['a pool', () => createClientPool({ url: redis.url })],
    ['a cluster', () => createCluster({ rootNodes: [{ url: redis.url }] })],
  ])('answers 503 and says so if it was never connected: %s', async (_what, idle) => {
    const { browser } = await startVisits({ client: idle().on('error', () => undefined) });
    const { logs, restore } = recordLogs();
    expect(isRefusal(await browser().post('/visit'))).toBe(true);
    restore();
    expect(logs).toEqual([
      {
        level: 'error',
        message: expect.stringContaining('node-redis client is not connected. Await its connect()'),
      },
    ]);
  });

  it('is waited for if it connects only later', async () => {
    const late = createClient({ url: redis.url }).on('error', () => undefined);
    const { browser } = await startVisits({ client: late });
    const connecting = late.connect();
    expect((await browser().post('/visit')).status).toBe(201);
    await connecting;
    late.destroy();
  });

  it('does not mistake a damaged record for another', async () => {
    const store = new RedisSessionStore({ client });
    await admin.set('sess:text', '{"a":"\uFFFD"}');
    await admin.set('sess:damaged', Buffer.from([0x7b, 0xff, 0x7d]));
    expect(await store.read('text')).toMatchObject({ payload: '{"a":"\uFFFD"}' });
    expect(await store.read('damaged')).toMatchObject({ payload: '\uFFFD' });
  });

  it('puts its own prefix before the keys, also where Redis may evict them', async () => {
    await admin.config('SET', 'maxmemory', '1gb', 'maxmemory-policy', 'allkeys-lru');
    const prefixed = await open({ keyPrefix: 'app[1]?' }).connect();
    const store = new RedisSessionStore({ client: prefixed });
    const advice = new Promise<string>((resolve) => store.advise(resolve));
    expect(await advice).toContain('Redis evicts keys when it is full');
    const { signedIn, sessions } = await startDevicesApp({ store });
    const browser = await signedIn('ada');
    expect(await admin.del('app[1]?sess-user:ada')).toBe(1);
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(browser)).toBe('revoked');
    await admin.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
    prefixed.destroy();
  });
});

describe('with a client of node-redis', () => {
  it('a Redis that is frozen is waited for no longer than storeTimeout', async () => {
    const { browser } = await startVisits({ client });
    const visitors = Array.from({ length: 10 }, browser);
    await Promise.all(visitors.map((visitor) => visitor.post('/visit')));
    redis.signal('SIGSTOP');
    const refused = await Promise.all(visitors.map((visitor) => timed(visitor.get('/look'))));
    redis.signal('SIGCONT');
    expect(refused.filter(isRefusal)).toHaveLength(10);
    expect(Math.max(...refused.map(({ milliseconds }) => milliseconds))).toBeLessThan(
      STORE_TIMEOUT + 500,
    );
    await recovery(() => browser().post('/visit'), 1_000);
  });

  it('a Redis that crashes has requests refused quickly, and is used again after its restart', async () => {
    const { browser } = await startVisits({ client });
    const visitors = Array.from({ length: 10 }, browser);
    await Promise.all(visitors.map((visitor) => visitor.post('/visit')));
    const underWay = visitors.map((visitor) => timed(visitor.post('/visit')));
    await redis.kill();
    const answers = await Promise.all(underWay);
    expect(answers.every((answer) => answer.status === 201 || isRefusal(answer))).toBe(true);
    const during = await timed(browser().post('/visit'));
    expect(isRefusal(during)).toBe(true);
    expect(during.milliseconds).toBeLessThan(STORE_TIMEOUT / 2);
    await redis.run();
    expect(await recovery(() => browser().post('/visit'), 5_000)).toBeLessThan(1_000);
  }, 15_000);

  it('a Redis that is full refuses new data, and ends sessions', async () => {
    const store = new RedisSessionStore({ client });
    const { signedIn, sessions, browser } = await startDevicesApp({ store });
    const ada = await signedIn('ada');
    await admin.config('SET', 'maxmemory', '1');
    expect(isRefusal(await browser().post('/login', { user: 'ada' }))).toBe(true);
    expect(await standing(ada)).toBe('ada');
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(ada)).toBe('revoked');
    await admin.config('SET', 'maxmemory', '0');
  });

  it('a Redis that has lost its scripts, or that refuses INFO, is still used', async () => {
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all', '-info');
    const restricted = await open({ username: 'app', password: 'pw' }).connect();
    const store = new RedisSessionStore({ client: restricted });
    const { signedIn, sessions } = await startDevicesApp({ store });
    const browser = await signedIn('ada');
    await admin.script('FLUSH');
    expect(await standing(browser)).toBe('ada');
    expect(await sessions.revokeAll('ada')).toBe(1);
    restricted.destroy();
    await admin.call('ACL', 'DELUSER', 'app');
  });
});

it('a session ended elsewhere ends at once, for a client with a cache, too', async () => {
  const caching = await open({ RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0 } }).connect();
  const [store, other] = [
    new RedisSessionStore({ client: caching }),
    new RedisSessionStore({ client }),
  ];
  const server = await startServer({ store }, (request, response) => {
    response.end(String((request.session['count'] = Number(request.session['count'] ?? 0) + 1)));
  });
  const browser = server.browser();
  await browser.get('/');
  const [key = ''] = (await admin.keys('sess:*')).map((name) => name.slice('sess:'.length));
  expect(await store.read(key)).toBeDefined();
  await admin.config('RESETSTAT');
  await Promise.all([store.read(key), store.read(key)]);
  expect(await admin.info('commandstats')).toContain('cmdstat_get:calls=2');
  await other.remove(key);
  expect(await store.read(key)).toBeUndefined();
  caching.destroy();
});
