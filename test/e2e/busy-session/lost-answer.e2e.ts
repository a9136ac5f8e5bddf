import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { startBusyApp, statusesOf } from './busy-app.js';

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(closeApps);

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

/** A store that interprets errors as the store behind it does. */
class Forwarding extends IndexedScriptedStore {
  isAnswerLost(error: unknown): boolean {
    return this.inner.isAnswerLost?.(error) === true;
  }
}

it.each([
  ['the connection breaks', 'Socket closed unexpectedly', [503, 503], 2],
  ['Redis refuses', 'OOM command not allowed', [200, 200], 4],
])(
  'update() counts in a write that was done, even if %s',
  async (_what, message, statuses, count) => {
    const store = new Forwarding(new RedisSessionStore({ client }));
    const app = await startBusyApp({ store, storeTimeout: '1m' });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    const write = store.pause('replace');
    const first = await app.send(browser, '/set/first');
    await write.arrived;
    const shared = store.pause('replace', 'after', 1);
    const together = [await app.send(browser, '/increment'), await app.send(browser, '/increment')];
    write.resolve();
    await shared.arrived;
    shared.reject(new Error(message));
    expect(await statusesOf([first, ...together])).toEqual([200, ...statuses]);
    expect((await browser.get('/all')).body).toMatchObject({ count });
  },
);
