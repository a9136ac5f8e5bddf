import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Logger } from '@nestjs/common';
import { MemoryStore, Store } from 'express-session';
import * as fc from 'fast-check';
import { MemorySessionStore, Session, SessionService } from 'nestjs-sesame';
import type { ReadRecord, SessionModuleOptions, Written } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { filter, map } from 'rxjs';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { WEIRD } from '../../support/weird-errors.js';

let redis: RedisServer;
const died: unknown[] = [];
const note = (error: unknown): void => void died.push(error);

beforeAll(async () => {
  redis = await RedisServer.start();
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await Promise.all([closeApps(), closeServers()]);
  expect(died.splice(0)).toEqual([]);
});

afterAll(async () => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  await redis.stop();
});

/** What is thrown now; `undefined` while all goes well. */
let thrown: (() => unknown) | undefined;

afterEach(() => {
  thrown = undefined;
});

function mayThrow(): void {
  if (thrown !== undefined) throw thrown();
}

@Controller()
class Routes {
  constructor(private readonly sessions: SessionService) {}

  @Get('set')
  set(@Session() session: Session): void {
    Reflect.set(session, 'at', Math.random());
  }

  @Get('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }

  @Get('save')
  async save(@Session() session: Session): Promise<void> {
    Reflect.set(session, 'at', Math.random());
    await this.sessions.save();
  }

  @Get('callback')
  async callback(@Session() session: Session): Promise<void> {
    Reflect.set(session, 'at', Math.random());
    await new Promise<void>((resolve, reject) => {
      session.save((error: unknown) => (error ? reject(error) : resolve()));
    });
  }
}

class ScriptedMemory extends ScriptedStore {
  override async read(key: string): Promise<ReadRecord | undefined> {
    mayThrow();
    return super.read(key);
  }

  override async create(...given: Parameters<ScriptedStore['create']>): Promise<Written | 'taken'> {
    mayThrow();
    return super.create(...given);
  }
}

/** Tells its callback, or throws at its caller. */
function expressStore(how: 'tells' | 'throws' | 'rejects'): Store {
  const store = new MemoryStore();
  for (const method of ['get', 'set'] as const) {
    const original: unknown = Reflect.get(store, method);
    Reflect.set(store, method, (...args: unknown[]): unknown => {
      const told = args.at(-1);
      const failure = thrown?.();
      if (thrown !== undefined && how === 'rejects') return Promise.reject(failure);
      if (thrown !== undefined && how === 'throws') throw failure;
      // A falsy value tells a callback that all went well.
      if (failure && typeof told === 'function') return told(failure);
      return typeof original === 'function' ? Reflect.apply(original, store, args) : undefined;
    });
  }
  return store;
}

/** For a store in this process: what has failed is undone so much later, which closing an application waits for. */
const storeTimeout = 200;

const ANYTHING = { stringify: (data: object) => JSON.stringify(data), parse: JSON.parse };

const PLACES: [string, () => Partial<SessionModuleOptions>][] = [
  ['a store', () => ({ storeTimeout, store: new ScriptedMemory() })],
  [
    'an express-session store that tells it',
    () => ({ storeTimeout, store: expressStore('tells') }),
  ],
  [
    'an express-session store that throws it',
    () => ({ storeTimeout, store: expressStore('throws') }),
  ],
  [
    'an express-session store that rejects',
    () => ({ storeTimeout, store: expressStore('rejects') }),
  ],
  ['genid', () => ({ genid: () => (mayThrow(), `id-${Math.random()}`) })],
  ['a cookie function', () => ({ cookie: () => (mayThrow(), {}) })],
  ['a clock', () => ({ clock: () => (mayThrow(), Date.now()) })],
  ['limit.max', () => ({ limit: { max: () => (mayThrow(), Infinity), onExceed: 'reject' } })],
  [
    'limit.max, later',
    () => ({ limit: { max: async () => (mayThrow(), Infinity), onExceed: 'reject' } }),
  ],
  [
    'a serializer',
    () => {
      const stringify = (data: object) => (mayThrow(), ANYTHING.stringify(data));
      const serializer = { ...ANYTHING, stringify };
      return { store: new RedisSessionStore({ url: redis.url, serializer }) };
    },
  ],
  [
    'a parser',
    () => {
      const parse = (text: string) => (mayThrow(), ANYTHING.parse(text));
      return {
        store: new RedisSessionStore({ url: redis.url, serializer: { ...ANYTHING, parse } }),
      };
    },
  ],
];

const whatever = fc.constantFrom(...Object.keys(WEIRD));

describe('whatever is thrown', () => {
  it.each(PLACES)(
    'by %s, every response arrives, and the process keeps running',
    async (_where, options) => {
      const { browser } = await startApp(options(), { controllers: [Routes] });
      const path = fc.constantFrom('/set', '/login', '/save', '/callback');
      await fc.assert(
        fc.asyncProperty(whatever, path, fc.boolean(), async (name, where, isKnown) => {
          const visitor = browser();
          thrown = undefined;
          if (isKnown) await visitor.get('/set');
          thrown = WEIRD[name];
          const { status } = await visitor.get(where, { signal: AbortSignal.timeout(10_000) });
          expect([200, 500, 503]).toContain(status);
          thrown = undefined;
          expect((await visitor.get('/login')).status).toBe(200);
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each(PLACES)('by %s, every response arrives on plain node:http', async (_where, options) => {
    const { browser } = await startServer(options(), (request, response) => {
      request.session['at'] = Math.random();
      response.end('stored');
    });
    for (const weird of Object.values(WEIRD)) {
      thrown = weird;
      const { status } = await browser().get('/', { signal: AbortSignal.timeout(10_000) });
      expect([200, 500, 503]).toContain(status);
    }
  });

  it.each(Object.entries(WEIRD))(
    'a store that fails with %s counts as unavailable',
    async (_what, weird) => {
      const { browser } = await startApp(
        { storeTimeout: 50, store: new ScriptedMemory() },
        { controllers: [Routes] },
      );
      const visitor = browser();
      await visitor.get('/set');
      thrown = weird;
      for (const path of ['/set', '/login', '/save', '/callback']) {
        expect((await visitor.get(path)).status).toBe(503);
        expect((await browser().get(path)).status).toBe(503);
      }
    },
  );

  it.each(Object.entries(WEIRD))(
    'by a subscriber to the events does no harm: %s',
    async (_what, weird) => {
      const { app, browser } = await startApp({}, { controllers: [Routes] });
      const { events } = app.get(SessionService);
      const seen: string[] = [];
      const fail = (): never => {
        throw weird();
      };
      events.subscribe(fail);
      events.subscribe({ next: fail, error: fail, complete: fail });
      events.subscribe(async () => fail());
      events.pipe(filter(() => true)).subscribe(fail);
      events.pipe(map(fail)).subscribe();
      events.subscribe(({ type }) => void seen.push(type));
      const visitor = browser();
      for (const path of ['/set', '/login']) expect((await visitor.get(path)).status).toBe(200);
      expect(seen).toEqual(['created', 'loggedIn']);
    },
  );

  it('by a logger does no harm', async () => {
    const store = new ScriptedMemory(new MemorySessionStore());
    const { browser } = await startApp({ store }, { controllers: [Routes] });
    thrown = WEIRD['nothing'];
    Logger.overrideLogger({ log: mayThrow, warn: mayThrow, error: mayThrow });
    try {
      expect((await browser().get('/save')).status).toBe(503);
    } finally {
      Logger.overrideLogger(false);
    }
  });
});
