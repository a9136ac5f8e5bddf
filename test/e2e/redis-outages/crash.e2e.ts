import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { isRefusal, recovery, startVisits, STORE_TIMEOUT, timed } from './outage-app.js';

/** A missing connection is noticed at once, and not waited for. */
const QUICK = STORE_TIMEOUT / 2;

/** Loads from disk so slowly that a test can watch. */
const SLOW_LOADING = [
  '--key-load-delay',
  '1000',
  '--loading-process-events-interval-bytes',
  '1024',
];

let redis: RedisServer;
let admin: Redis;

beforeEach(async () => {
  redis = await RedisServer.start(...SLOW_LOADING);
  admin = new Redis(redis.url, { maxRetriesPerRequest: 0, enableReadyCheck: false });
  admin.on('error', () => undefined);
});

afterEach(async () => {
  admin.disconnect();
  await closeApps();
  await redis.stop();
});

describe('a Redis that crashes', () => {
  it('has requests refused quickly, and is used again within 5 s of its restart on the same port', async () => {
    const { browser } = await startVisits({ url: redis.url });
    const browsers = Array.from({ length: 20 }, browser);
    await Promise.all(browsers.map((one) => one.post('/visit')));
    const underWay = browsers.map((one) => timed(one.post('/visit')));
    await redis.kill();
    for (const answer of await Promise.all(underWay)) {
      expect(answer.status === 201 || isRefusal(answer)).toBe(true);
      expect(answer.milliseconds).toBeLessThan(QUICK);
    }
    const start = performance.now();
    while (performance.now() - start < 1_200) {
      const [visit, health] = await Promise.all([
        timed(browsers[0]?.post('/visit') ?? browser().post('/visit')),
        timed(browser().get('/health')),
      ]);
      expect(isRefusal(visit)).toBe(true);
      expect(visit.milliseconds).toBeLessThan(QUICK);
      expect(health.text).toBe('well');
    }
    await redis.run();
    expect(await recovery(() => browser().post('/visit'), 5_000)).toBeLessThan(1_000);
  }, 15_000);

  it('has requests refused while it loads its data, and is used soon after', async () => {
    const { browser } = await startVisits({ url: redis.url });
    const visitor = browser();
    await visitor.post('/visit');
    const names = Array.from({ length: 1_500 }, (_, index) => [`filler${index}`, 'x'.repeat(100)]);
    await admin.mset(Object.fromEntries(names));
    await admin.save();
    await redis.kill();
    const running = redis.run();
    await until(async () => (await persistence()).includes('\nloading:1'));
    const during = await timed(visitor.get('/look'));
    expect(await persistence()).toContain('\nloading:1');
    expect(isRefusal(during)).toBe(true);
    expect(during.milliseconds).toBeLessThan(QUICK);
    await until(async () => (await persistence()).includes('\nloading:0'));
    expect(await recovery(() => visitor.get('/look'), 5_000)).toBeLessThan(1_000);
    expect((await visitor.post('/visit')).text).toBe('2');
    await running;
  }, 20_000);

  const persistence = (): Promise<string> => admin.info('persistence').catch(() => '');
});

describe('an application that starts while Redis is down', () => {
  it('starts, refuses at once, and recovers when Redis comes', async () => {
    await redis.kill();
    const { browser } = await startVisits({ url: redis.url });
    const visitor = browser();
    expect((await visitor.get('/health')).text).toBe('well');
    for (let count = 0; count < 5; count += 1) {
      const answers = await Promise.all([
        timed(visitor.post('/visit')),
        timed(visitor.get('/look')),
      ]);
      const [visit, look] = answers;
      expect(isRefusal(visit)).toBe(true);
      expect(visit.milliseconds).toBeLessThan(QUICK);
      expect(look.status).toBe(200); // it came without a session, and did not touch the store
    }
    await redis.run();
    expect(await recovery(() => visitor.post('/visit'), 5_000)).toBeLessThan(1_000);
    // What was refused is not done behind the client's back once Redis is there.
    expect(await admin.dbsize()).toBe(1);
  }, 15_000);

  it('waits no longer than storeTimeout for a Redis that accepts connections and says nothing', async () => {
    redis.signal('SIGSTOP');
    const redisOptions = { socketTimeout: 2_600 };
    const { browser } = await startVisits({ url: redis.url, redisOptions });
    const visitor = browser();
    for (let count = 0; count < 4; count += 1) {
      const visit = await timed(visitor.post('/visit'));
      expect(isRefusal(visit)).toBe(true);
      expect(visit.milliseconds).toBeLessThan(STORE_TIMEOUT + 500);
    }
    // Once the first attempt has failed, nothing waits for the next.
    expect((await timed(visitor.post('/visit'))).milliseconds).toBeLessThan(250);
    redis.signal('SIGCONT');
    expect(await recovery(() => visitor.post('/visit'), 5_000)).toBeLessThan(1_000);
  }, 15_000);
});

describe('a connection that is cut', () => {
  it('fails at most the requests under way, time after time', async () => {
    const { browser } = await startVisits({ url: redis.url });
    const browsers = Array.from({ length: 10 }, browser);
    await Promise.all(browsers.map((one) => one.post('/visit')));
    const load = { isOver: false };
    let refused = 0;
    const acknowledged = await Promise.all([
      ...browsers.map(async (one) => {
        let count = 1;
        while (!load.isOver) {
          const answer = await timed(one.post('/visit'));
          expect(answer.milliseconds).toBeLessThan(STORE_TIMEOUT + 500);
          if (answer.status === 201) count += 1;
          else refused += 1;
          expect(answer.status === 201 || isRefusal(answer)).toBe(true);
        }
        return count;
      }),
      (async () => {
        for (let round = 0; round < 15; round += 1) {
          await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
          await recovery(() => browser().post('/visit'), 1_000);
        }
        load.isOver = true;
        return 0;
      })(),
    ]);
    expect(refused).toBeGreaterThan(0);
    const counts = await Promise.all(browsers.map(async (one) => (await one.get('/look')).body));
    for (const [index, body] of counts.entries()) {
      // A write whose answer was lost may have been done; one that was acknowledged must have been.
      expect(Reflect.get(Object(body), 'count')).toBeGreaterThanOrEqual(acknowledged[index] ?? 0);
    }
  }, 15_000);
});
