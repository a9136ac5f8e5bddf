import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { freePort } from '../../support/servers/free-port.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { isRefusal, recovery, startVisits, STORE_TIMEOUT, timed } from './outage-app.js';

let redis: RedisServer;
let admin: Redis;

beforeEach(async () => {
  redis = await RedisServer.start();
  admin = new Redis(redis.url);
});

afterEach(async () => {
  admin.disconnect();
  await closeApps();
  await redis.stop();
});

async function visited() {
  const { browser } = await startVisits({ url: redis.url });
  const visitor = browser();
  await visitor.post('/visit');
  await visitor.post('/visit');
  return { browser, visitor };
}

/** The id of the application's connection: the latest. */
async function connectionOfApp(): Promise<string | undefined> {
  return String(await admin.client('LIST'))
    .match(/^id=\d+/gm)
    ?.at(-1);
}

describe('a Redis that answers with an error', () => {
  it('OOM: refuses writes, serves reads, and recovers when there is room again', async () => {
    const { browser, visitor } = await visited();
    const { logs, restore } = recordLogs();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1mb');
    const answers = await Promise.all([
      timed(visitor.post('/visit')),
      timed(browser().post('/visit')),
    ]);
    for (const answer of answers) {
      expect(isRefusal(answer)).toBe(true);
      expect(answer.milliseconds).toBeLessThan(STORE_TIMEOUT / 2);
      expect(answer.setCookies).toEqual([]);
    }
    expect((await visitor.get('/look')).body).toEqual({ count: 2 });
    expect(logs.map(({ message }) => message).join()).toMatch(
      /could not .*OOM command not allowed/,
    );
    await admin.config('SET', 'maxmemory', '0');
    expect((await visitor.post('/visit')).text).toBe('3');
    restore();
  });

  it('READONLY: refuses writes while it is a replica, and accepts them when it is a master again', async () => {
    const { visitor } = await visited();
    const { logs, restore } = recordLogs();
    const connection = await connectionOfApp();
    await admin.replicaof('127.0.0.1', await freePort());
    expect(isRefusal(await visitor.post('/visit'))).toBe(true);
    expect(await recovery(() => visitor.get('/look'), 1_000)).toBeLessThan(500);
    expect((await visitor.get('/look')).body).toEqual({ count: 2 });
    expect(logs.map(({ message }) => message).join()).toMatch(/could not write .*READONLY/);
    // Its address may lead to the new master by now, which only a new connection reaches.
    expect(await connectionOfApp()).not.toBe(connection);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await recovery(() => visitor.post('/visit'), 1_000);
    expect((await visitor.get('/look')).body).toEqual({ count: 3 });
    restore();
  });

  it('NOSCRIPT: nobody notices', async () => {
    const { visitor } = await visited();
    await admin.script('FLUSH');
    expect((await visitor.post('/visit')).text).toBe('3');
  });
});

describe('a Redis that is not there', () => {
  it('lets the application start, and logs where Redis was looked for and what happened', async () => {
    const port = await freePort();
    const { browser } = await startVisits({ url: `redis://127.0.0.1:${port}` });
    const { logs, restore } = recordLogs();
    expect(isRefusal(await timed(browser().post('/visit')))).toBe(true);
    expect(logs).toEqual([
      {
        level: 'error',
        message: expect.stringMatching(`no connection to Redis.*ECONNREFUSED.*${port}`),
      },
    ]);
    restore();
  });

  it('makes every method of the store reject, and none throw', async () => {
    const store = new RedisSessionStore({ url: `redis://127.0.0.1:${await freePort()}` });
    const record = { payload: '{}', expiresAt: Date.now() + 60_000 };
    const askEach = [
      () => store.read('key'),
      () => store.create('key', record),
      () => store.replace('key', '{}', record),
      () => store.remove('key'),
      () => store.put('key', record),
    ];
    // The first call waits for the first attempt to connect; after that, Redis is known to be down.
    await expect(store.read('key')).rejects.toThrow();
    for (const ask of askEach) {
      let answer: unknown;
      expect(() => (answer = ask())).not.toThrow();
      await expect(answer).rejects.toThrow('There is no connection to Redis.');
    }
    await store.close();
  });
});
