import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { MemoryStore } from 'express-session';
import * as fc from 'fast-check';
import { MemorySessionStore, SealedCookieStore, Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSerializer } from 'nestjs-sesame/redis';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { ADMIN_RECORD, data, text } from '../../support/imitations.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { ReorderingStore } from '../../support/stores/reordering-store.js';

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterEach(closeApps);
afterAll(() => redis.stop());

@Controller()
class AttributesController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  login(@Body('userId') userId: string): Promise<void> {
    return this.sessions.login(userId);
  }

  @Post('attributes')
  set(@Session() session: Session, @Body('data') entries: [string, unknown][]): void {
    const how = { enumerable: true, configurable: true, writable: true };
    for (const [name, value] of entries) Object.defineProperty(session, name, { ...how, value });
  }

  @Delete('attributes')
  clear(@Session() session: Session): void {
    for (const name of Object.keys(session)) {
      if (name !== 'cookie') Reflect.deleteProperty(session, name);
    }
  }

  @Get()
  see(@Session() { cookie: _cookie, ...attributes }: Session): unknown {
    return { userId: this.sessions.userId ?? null, attributes: Object.entries(attributes) };
  }
}

const backwards = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toReversed())
    : value;

const REVERSED: RedisSerializer = {
  parse: (stored) => JSON.parse(stored),
  stringify: (session) => JSON.stringify(JSON.parse(JSON.stringify(session)), backwards, 1),
};

const MARKED: RedisSerializer = {
  parse: (stored) => JSON.parse(stored.slice('enc.x.'.length)),
  stringify: (session) => `enc.x.${JSON.stringify(session)}`,
};

const KEYS = { keys: [SECRET] };

const PLACES: [string, () => Partial<SessionModuleOptions>][] = [
  ['a MemorySessionStore', () => ({ store: new MemorySessionStore() })],
  ['an encrypted one', () => ({ store: new MemorySessionStore(), encryption: KEYS })],
  ["express-session's store", () => ({ store: new MemoryStore() })],
  ['an encrypted one of those', () => ({ store: new MemoryStore(), encryption: KEYS })],
  ['a store that reorders names', () => ({ store: new ReorderingStore() })],
  ['a sealed cookie', () => ({ store: new SealedCookieStore(KEYS) })],
  ['Redis', () => ({ store: new RedisSessionStore({ url: redis.url, prefix: 'a:' }) })],
  ['Redis, in another order', () => ({ store: serialising('b:', REVERSED) })],
  ['Redis, with a mark', () => ({ store: serialising('c:', MARKED) })],
];

function serialising(prefix: string, serializer: RedisSerializer): RedisSessionStore {
  return new RedisSessionStore({ url: redis.url, prefix, serializer });
}

/** What can be seen of a session, in normalised order. */
async function seen(browser: Browser): Promise<unknown> {
  const { body } = await browser.get('/');
  const attributes: unknown = Reflect.get(Object(body), 'attributes');
  return { ...Object(body), attributes: inOrder(Array.isArray(attributes) ? attributes : []) };
}

function inOrder(entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => JSON.stringify(entry, sorted)).toSorted();
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

describe.each(PLACES)('in %s, data that imitates a record', (_name, options) => {
  const start = async () => {
    const { browser } = await startApp(options(), { controllers: [AttributesController] });
    return browser;
  };

  it.each([[undefined], ['ada']])(
    'comes out as it went in, and signs nobody in: %p',
    async (userId) => {
      const begin = await start();
      await fc.assert(
        fc.asyncProperty(data, data, async (first, second) => {
          const browser = begin();
          if (userId !== undefined) await browser.post('/login', { userId });
          let expected: unknown = { userId: userId ?? null, attributes: [] };
          for (const entries of [first, second]) {
            const { status } = await browser.post('/attributes', { data: entries });
            expect([201, 500]).toContain(status); // a name that no attribute can have
            const after = await seen(browser);
            const isKept = status === 201 && entries === first;
            if (isKept) expected = { userId: userId ?? null, attributes: inOrder(entries) };
            if (entries === first || status !== 201) expect(after).toEqual(expected);
            expect(after).toMatchObject({ userId: userId ?? null });
          }
          await browser.send('/attributes', { method: 'DELETE' });
          expect(await seen(browser)).toEqual({ userId: userId ?? null, attributes: [] });
        }),
        { numRuns: 10, examples: [[[['_sealed', ADMIN_RECORD]], []]] },
      );
    },
  );

  it('can serve as a user id', async () => {
    const begin = await start();
    const userId = text.filter((one) => one !== '' && !/\p{Surrogate}/u.test(one));
    await fc.assert(
      fc.asyncProperty(userId, async (one) => {
        const browser = begin();
        const { status } = await browser.post('/login', { userId: one });
        expect(status).toBe(201);
        expect(await seen(browser)).toEqual({ userId: one, attributes: [] });
      }),
      { numRuns: 10 },
    );
  });
});

it('a record that another application wrote is not taken for an encrypted one', async () => {
  const store = new MemoryStore();
  const { browser } = await startApp(
    { store, hashIds: false },
    { controllers: [AttributesController] },
  );
  const visitor = browser();
  await visitor.post('/attributes', { data: [['label', 'x']] });
  const [id = ''] = Object.keys(Reflect.get(store, 'sessions'));
  const admin = { seenAt: Date.now(), createdAt: Date.now(), userId: 'admin' };
  const record = JSON.stringify({ _sesame: admin, cookie: { originalMaxAge: null } });
  for (const sealed of [record, ` ${record}`, `\n${record}`]) {
    for (const marker of ['_sesame', '_sealed']) {
      const written = JSON.stringify({ cookie: { originalMaxAge: null }, [marker]: sealed });
      Reflect.set(Reflect.get(store, 'sessions'), id, written);
      expect(await seen(visitor)).toMatchObject({ userId: null });
    }
  }
});
