import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { ReplaceOutcome, StoredRecord, Version } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { startBusyApp } from './busy-app.js';

afterEach(closeApps);

/** A store that notes who asks for a turn, and that another has one for some writes. */
class TurnStore extends ScriptedStore {
  readonly turns: (string | undefined)[] = [];
  /** How many writes find that another has the turn. */
  busy = 0;

  override async replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    this.turns.push(turn);
    this.busy -= 1;
    return this.busy >= 0 ? 'busy' : super.replace(key, version, record, turn);
  }
}

describe('a session that another instance writes all the time', () => {
  it('is written with a turn, which is asked for after the third conflict', async () => {
    const store = new TurnStore();
    const app = await startBusyApp({ store, storeTimeout: '1m' });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    const elsewhere = await startBusyApp({ store: store.inner });
    const other = browser.copy(elsewhere.origin);
    let write = store.pause('replace');
    const waiting = await app.send(browser, '/increment');
    for (let conflict = 0; conflict < 5; conflict += 1) {
      await write.arrived;
      await other.post('/increment');
      const next = store.pause('replace');
      write.resolve();
      write = next;
    }
    await write.arrived;
    write.resolve();
    expect((await waiting.answer).text).toBe('6');
    const [, , , turn] = store.turns;
    expect(turn).toEqual(expect.any(String));
    expect(store.turns).toEqual([undefined, undefined, undefined, turn, turn, turn]);
  });

  it('is written a moment later when another instance has the turn, and its update() runs once', async () => {
    const store = new TurnStore(new MemorySessionStore());
    const browser = (await startBusyApp({ store })).browser();
    await browser.post('/set/begun', {});
    store.busy = 20;
    expect((await browser.post('/update/mine', {})).status).toBe(200);
    expect((await browser.get('/runs')).body).toEqual(['mine']);
    expect(store.turns).toEqual(Array.from({ length: 21 }, () => undefined));
    expect((await browser.get('/all')).body).toEqual({ begun: 'begun', mine: 'mine' });
  });
});

describe('a turn on Redis', () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });

  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const record = (payload: string): StoredRecord => ({ payload, expiresAt: Date.now() + 60_000 });

  it("keeps others off from its holder's first conflict until the holder has written", async () => {
    const store = new RedisSessionStore({ client });
    const created = await store.create('key', record('{"of":"the first"}'));
    if (created === 'taken') throw new Error('the key is taken');
    const { version } = created;
    // All in one go, well within the 20 ms that a turn lasts.
    const outcomes = await Promise.all([
      store.replace('key', 'stale', record('{"of":"mine"}'), 'mine'),
      store.replace('key', version, record('{"of":"others"}')),
      store.replace('key', version, record('{"of":"theirs"}'), 'theirs'),
      store.replace('key', version, record('{"of":"mine"}'), 'mine'),
      store.replace('key', 'stale', record('{"of":"others"}')),
    ]);
    expect(outcomes.map((one) => (typeof one === 'string' ? one : Object.keys(one)))).toEqual([
      ['conflict'],
      'busy',
      'busy',
      ['version'],
      ['conflict'],
    ]);
    expect((await store.read('key'))?.payload).toBe('{"of":"mine"}');
    expect(await client.keys('*turn*')).toEqual([]);
  });

  it('expires by itself when its holder is gone', async () => {
    const store = new RedisSessionStore({ client });
    await store.create('left', record('{}'));
    const [, left] = await Promise.all([
      store.replace('left', 'stale', record('{}'), 'mine'),
      client.pttl('{sess:left}:turn'),
    ]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(20);
  });
});
