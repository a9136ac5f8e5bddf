import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import session from 'express-session';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionCookieOptions, SessionOptions } from 'nestjs-sesame';
import { checkOptions } from '../../../lib/options/check-options.js';
import {
  CompleteSessionModuleOptions,
  CompleteSessionOptions,
} from '../../../lib/options/session.options.js';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { edgeSettingsOf, SECRET, settingsOf } from '../settings-of.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const request = new IncomingMessage(new Socket());

const DEFAULT_COOKIE = {
  path: '/',
  httpOnly: true,
  secure: 'auto',
  sameSite: 'lax',
  originalMaxAge: null,
};

describe('the defaults', () => {
  it('are these', () => {
    const { clock, ...settings } = settingsOf();
    const { cookieFor, generateId, proxy } = edgeSettingsOf();
    expect(Math.abs(clock() - Date.now())).toBeLessThan(MINUTE);
    expect(settings).toEqual({
      secrets: [SECRET],
      name: 'connect.sid',
      cookieVaries: false,
      timeouts: { idle: 30 * MINUTE, absolute: 12 * HOUR },
      isChosen: { idle: false, absolute: false },
      touchInterval: MINUTE,
      rotationGrace: 10_000,
      rolling: false,
      saveUninitialized: false,
      unset: 'destroy',
      hashIds: true,
      encryptionKeys: undefined,
      storeTimeout: 1_000,
      storeName: 'MemorySessionStore',
      limit: undefined,
      crossOrigin: { refuses: true, trusted: [], excluded: [] },
      onStoreFailure: 'reject',
    });
    expect(proxy).toBeUndefined();
    expect(cookieFor(request)).toEqual(DEFAULT_COOKIE);
    expect(Buffer.from(generateId(request), 'base64url')).toHaveLength(24);
  });

  it('replace options that are undefined', () => {
    const undefinedOptions = Object.fromEntries(
      Object.keys(new CompleteSessionOptions()).map((name) => [name, undefined]),
    );
    const options = checkOptions(new CompleteSessionOptions(), {
      ...undefinedOptions,
      secret: SECRET,
      cookie: { path: undefined, httpOnly: undefined, secure: undefined, sameSite: undefined },
    });
    expect(options).toEqual(checkOptions(new CompleteSessionOptions(), { secret: SECRET }));
  });

  it('cover every route, and exclude none', () => {
    const options = checkOptions(new CompleteSessionModuleOptions(), { secret: SECRET });
    expect(options.forRoutes).toEqual(['{*path}']);
    expect(options.exclude).toEqual([]);
  });

  it('are not shared between two sets of options', () => {
    checkOptions(new CompleteSessionOptions(), { secret: SECRET, name: 'other' });
    expect(settingsOf().name).toBe('connect.sid');
  });

  it('leave the given options as they were', () => {
    const given = Object.freeze({ secret: SECRET, cookie: Object.freeze({ maxAge: '7d' }) });
    checkOptions(new CompleteSessionOptions(), given);
    expect(given).toEqual({ secret: SECRET, cookie: { maxAge: '7d' } });
  });
});

describe('cookie.maxAge', () => {
  it('becomes the idleTimeout when none is set', () => {
    expect(settingsOf({ cookie: { maxAge: '2h' } })).toMatchObject({
      timeouts: { idle: 2 * HOUR, absolute: 12 * HOUR },
      isChosen: { idle: false },
    });
  });

  it('leaves an idleTimeout that was set as it is', () => {
    const options = { cookie: { maxAge: '2h' }, idleTimeout: '5m' } as const;
    expect(settingsOf(options)).toMatchObject({
      timeouts: { idle: 5 * MINUTE },
      isChosen: { idle: true },
    });
    expect(edgeSettingsOf(options).cookieFor(request).originalMaxAge).toBe(2 * HOUR);
  });

  it('removes the default absoluteTimeout when that is shorter', () => {
    const { timeouts } = settingsOf({ cookie: { maxAge: '7d' } });
    expect(timeouts).toEqual({ idle: 7 * DAY, absolute: null });
  });

  it('leaves an absoluteTimeout that was set as it is, and throws when that is shorter', () => {
    const options = { cookie: { maxAge: '7d' }, absoluteTimeout: '30d' } as const;
    expect(settingsOf(options)).toMatchObject({
      timeouts: { idle: 7 * DAY, absolute: 30 * DAY },
      isChosen: { absolute: true },
    });
    expect(() => settingsOf({ ...options, absoluteTimeout: '1d' })).toThrow('absoluteTimeout');
  });

  it.each([null, undefined])('of %p changes nothing', (maxAge) => {
    expect(settingsOf({ cookie: { maxAge } })).toMatchObject({ timeouts: { idle: 30 * MINUTE } });
  });

  it('reaches the cookie in milliseconds', () => {
    expect(edgeSettingsOf({ cookie: { maxAge: '90s' } }).cookieFor(request)).toEqual({
      ...DEFAULT_COOKIE,
      originalMaxAge: 90_000,
    });
  });
});

describe('cookie as a function', () => {
  it('is called with the request, and its answer is completed with the defaults', () => {
    const asked: unknown[] = [];
    const { cookieFor } = edgeSettingsOf({
      cookie: (incoming) => {
        asked.push(incoming);
        return { sameSite: 'strict', maxAge: '5m' };
      },
    });
    expect(cookieFor(request)).toEqual({
      ...DEFAULT_COOKIE,
      sameSite: 'strict',
      originalMaxAge: 5 * MINUTE,
    });
    expect(asked).toEqual([request]);
  });

  it('may return undefined for an attribute to get its default', () => {
    const answer: SessionCookieOptions = {
      path: undefined,
      httpOnly: undefined,
      secure: undefined,
      sameSite: undefined,
      maxAge: undefined,
    };
    const { cookieFor } = edgeSettingsOf({ cookie: () => answer });
    expect(cookieFor(request)).toEqual(DEFAULT_COOKIE);
  });
});

describe('touchInterval', () => {
  it('is never longer than half the idleTimeout', () => {
    expect(settingsOf({ idleTimeout: '10s' }).touchInterval).toBe(5_000);
    expect(settingsOf({ idleTimeout: '10m', touchInterval: '2m' }).touchInterval).toBe(2 * MINUTE);
  });

  it('is never longer than half the age of the cookie, which each touch renews', () => {
    const often = { idleTimeout: '10d', touchInterval: '1d', absoluteTimeout: null } as const;
    expect(settingsOf({ ...often, cookie: { maxAge: '1h' } }).touchInterval).toBe(30 * MINUTE);
    expect(settingsOf({ ...often, cookie: { maxAge: null } }).touchInterval).toBe(24 * 60 * MINUTE);
    expect(settingsOf({ cookie: { maxAge: '30s' } }).touchInterval).toBe(15_000);
  });
});

describe('secret', () => {
  it('may be an array, whose order is kept', () => {
    expect(settingsOf({ secret: ['new', 'old'] }).secrets).toEqual(['new', 'old']);
  });
});

describe('genid', () => {
  it('makes the id, and is given the request', () => {
    const { generateId } = edgeSettingsOf({
      genid: (incoming) => `id of ${incoming.constructor.name}`,
    });
    expect(generateId(request)).toBe('id of IncomingMessage');
  });

  it.each([undefined, '', 5, null])('causes an error when it returns %p', (id) => {
    const options = { genid: () => '' };
    Reflect.set(options, 'genid', () => id);
    const { generateId } = edgeSettingsOf(options);
    expect(() => generateId(request)).toThrow('The genid option returned no id');
  });
});

/** What a visitor finds in their session right after putting something there. */
async function keptBy(options: Partial<SessionOptions>): Promise<unknown> {
  const { browser } = await startServer(options, ({ session, url }, response) => {
    if (url === '/put') session['kept'] = 'tea';
    response.end(String(session['kept']));
  });
  const visitor = browser();
  await visitor.get('/put');
  return (await visitor.get('/')).text;
}

describe('store', () => {
  afterEach(closeServers);

  it('is a memory store by default, on the same clock', async () => {
    // For a store on another clock, what was written then would have expired long ago.
    expect(await keptBy({ clock: () => 1_000 })).toBe('tea');
  });

  it("is used as it is when it implements Sesame's own interface", async () => {
    const store = new MemorySessionStore();
    const create = jest.spyOn(store, 'create');
    expect(await keptBy({ store })).toBe('tea');
    const [[key = '', { payload = '' } = {}] = []] = create.mock.calls;
    expect((await store.read(key))?.payload).toBe(payload);
  });

  it('is adapted when it is an express-session store', async () => {
    const store = new session.MemoryStore();
    const set = jest.spyOn(store, 'set');
    expect(await keptBy({ store })).toBe('tea');
    expect(set.mock.calls.map(([, written]) => written)).toMatchObject([{ kept: 'tea' }]);
  });
});
