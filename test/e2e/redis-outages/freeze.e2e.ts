import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { isRefusal, recovery, startVisits, STORE_TIMEOUT, timed } from './outage-app.js';

let redis: RedisServer;

beforeEach(async () => {
  redis = await RedisServer.start();
});

afterEach(async () => {
  redis.signal('SIGCONT');
  await closeApps();
  await redis.stop();
});

describe('a Redis that is frozen under load', () => {
  it('is waited for no longer than storeTimeout; afterwards everything works within a second', async () => {
    const { browser } = await startVisits({ url: redis.url });
    const browsers = Array.from({ length: 50 }, browser);
    await Promise.all(browsers.map((one) => one.post('/visit')));
    const health = browser();

    redis.signal('SIGSTOP');
    const start = performance.now();
    const covered = Promise.all(
      browsers.map((one, index) => timed(index % 2 === 0 ? one.post('/visit') : one.get('/look'))),
    );
    const excluded = [];
    while (performance.now() - start < STORE_TIMEOUT / 2) {
      excluded.push(await timed(health.get('/health')));
    }
    const refused = await covered;
    expect(refused.filter(isRefusal)).toHaveLength(50);
    expect(Math.max(...refused.map(({ milliseconds }) => milliseconds))).toBeLessThan(
      STORE_TIMEOUT + 500,
    );
    expect(excluded.every(({ text }) => text === 'well')).toBe(true);
    expect(median(excluded.map(({ milliseconds }) => milliseconds))).toBeLessThan(50);
    expect(Math.max(...excluded.map(({ milliseconds }) => milliseconds))).toBeLessThan(250);

    redis.signal('SIGCONT');
    expect(await recovery(() => health.post('/visit'), 1_000)).toBeLessThan(1_000);
    const after = await Promise.all(browsers.map((one) => one.post('/visit')));
    expect(after.filter(({ status }) => status === 201)).toHaveLength(50);
  });

  it('is given up when it stays frozen, and is still back within a second', async () => {
    const { browser } = await startVisits({ url: redis.url });
    const visitor = browser();
    await visitor.post('/visit');
    redis.signal('SIGSTOP');
    const times: number[] = [];
    const start = performance.now();
    while (performance.now() - start < 3_800) {
      const answer = await timed(visitor.get('/look'));
      expect(isRefusal(answer)).toBe(true);
      expect(answer.milliseconds).toBeLessThan(STORE_TIMEOUT + 500);
      times.push(answer.milliseconds);
    }
    expect(times.at(-1)).toBeLessThan(STORE_TIMEOUT / 2);
    redis.signal('SIGCONT');
    expect(await recovery(() => visitor.get('/look'), 1_000)).toBeLessThan(1_000);
    expect((await visitor.get('/look')).body).toEqual({ count: 1 });
  }, 15_000);

  it("lets requests go on without a session under onStoreFailure: 'anonymous'", async () => {
    const options = { onStoreFailure: 'anonymous', storeTimeout: 200 } as const;
    const { browser } = await startVisits({ url: redis.url }, options);
    const visitor = browser();
    await visitor.post('/visit');
    redis.signal('SIGSTOP');
    const look = await timed(visitor.get('/look'));
    expect([look.status, look.body, look.setCookies]).toEqual([200, {}, []]);
    expect(look.milliseconds).toBeLessThan(700);
    redis.signal('SIGCONT');
    await recovery(() => visitor.get('/look'), 1_000);
    expect((await visitor.get('/look')).body).toEqual({ count: 1 });
  });
});

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
