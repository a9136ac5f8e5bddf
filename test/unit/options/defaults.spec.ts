import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionCookieOptions, SessionStore } from 'nestjs-sesame';
import { checkOptions } from '../../../lib/options/check-options.js';
import { resolveStore } from '../../../lib/options/resolve-options.js';
import {
  CompleteSessionModuleOptions,
  CompleteSessionOptions,
} from '../../../lib/options/session.options.js';
import { ExpressStoreAdapter } from '../../../lib/stores/express/express-store.adapter.js';
import { isSessionStore } from '../../../lib/stores/session-store.js';
import { SECRET, settingsOf } from '../settings-of.js';

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
    const { cookieFor, generateId, clock, ...settings } = settingsOf();
    expect(Math.abs(clock() - Date.now())).toBeLessThan(MINUTE);
    expect(settings).toMatchObject({
      secrets: [SECRET],
      name: 'connect.sid',
      idleTimeout: 30 * MINUTE,
      idleFollowsCookie: true,
      absoluteTimeout: 12 * HOUR,
      absoluteIsDefault: true,
      touchInterval: MINUTE,
      rolling: false,
      saveUninitialized: false,
      unset: 'destroy',
      hashIds: true,
      storeTimeout: 1_000,
      onStoreFailure: 'reject',
    });
    expect(cookieFor(request)).toEqual(DEFAULT_COOKIE);
    expect(Buffer.from(generateId(request), 'base64url')).toHaveLength(24);
  });

  it('stand in for options that are undefined', () => {
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
  it('gives idleTimeout its value', () => {
    expect(settingsOf({ cookie: { maxAge: '2h' } })).toMatchObject({
      idleTimeout: 2 * HOUR,
      idleFollowsCookie: true,
      absoluteTimeout: 12 * HOUR,
    });
  });

  it('does not where idleTimeout is set', () => {
    const settings = settingsOf({ cookie: { maxAge: '2h' }, idleTimeout: '5m' });
    expect(settings).toMatchObject({ idleTimeout: 5 * MINUTE, idleFollowsCookie: false });
    expect(settings.cookieFor(request).originalMaxAge).toBe(2 * HOUR);
  });

  it('has an absoluteTimeout that was only defaulted step aside when that is shorter', () => {
    const settings = settingsOf({ cookie: { maxAge: '7d' } });
    expect(settings).toMatchObject({ idleTimeout: 7 * DAY, absoluteTimeout: null });
  });

  it('leaves an absoluteTimeout that was set, which must then be no shorter', () => {
    const options = { cookie: { maxAge: '7d' }, absoluteTimeout: '30d' } as const;
    expect(settingsOf(options)).toMatchObject({
      idleTimeout: 7 * DAY,
      absoluteTimeout: 30 * DAY,
      absoluteIsDefault: false,
    });
    expect(() => settingsOf({ ...options, absoluteTimeout: '1d' })).toThrow('absoluteTimeout');
  });

  it.each([null, undefined])('of %p changes nothing', (maxAge) => {
    expect(settingsOf({ cookie: { maxAge } })).toMatchObject({ idleTimeout: 30 * MINUTE });
  });

  it('reaches the cookie in milliseconds', () => {
    expect(settingsOf({ cookie: { maxAge: '90s' } }).cookieFor(request)).toEqual({
      ...DEFAULT_COOKIE,
      originalMaxAge: 90_000,
    });
  });
});

describe('cookie as a function', () => {
  it('is asked for every request, and completed with the defaults', () => {
    const asked: unknown[] = [];
    const { cookieFor } = settingsOf({
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

  it('may answer undefined for the default of an attribute', () => {
    const answer: SessionCookieOptions = {
      path: undefined,
      httpOnly: undefined,
      secure: undefined,
      sameSite: undefined,
      maxAge: undefined,
    };
    const { cookieFor } = settingsOf({ cookie: () => answer });
    expect(cookieFor(request)).toEqual(DEFAULT_COOKIE);
  });
});

describe('touchInterval', () => {
  it('is never longer than half the idleTimeout', () => {
    expect(settingsOf({ idleTimeout: '10s' }).touchInterval).toBe(5_000);
    expect(settingsOf({ idleTimeout: '10m', touchInterval: '2m' }).touchInterval).toBe(2 * MINUTE);
  });
});

describe('secret', () => {
  it('may be several, in order', () => {
    expect(settingsOf({ secret: ['new', 'old'] }).secrets).toEqual(['new', 'old']);
  });
});

describe('genid', () => {
  it('is asked for the id, with the request', () => {
    const { generateId } = settingsOf({
      genid: (incoming) => `id of ${incoming.constructor.name}`,
    });
    expect(generateId(request)).toBe('id of IncomingMessage');
  });

  it.each([undefined, '', 5, null])('that returns %p is told so', (id) => {
    const options = { genid: () => '' };
    Reflect.set(options, 'genid', () => id);
    const { generateId } = settingsOf(options);
    expect(() => generateId(request)).toThrow('The genid option returned no id');
  });
});

function storeOf(given: object): SessionStore {
  const place = resolveStore(
    checkOptions(new CompleteSessionOptions(), { secret: SECRET, ...given }),
  );
  if (!isSessionStore(place)) throw new TypeError('this is no store');
  return place;
}

describe('store', () => {
  it('is a MemorySessionStore by default, on the same clock', async () => {
    let now = 1_000;
    const store = storeOf({ clock: () => now });
    expect(store).toBeInstanceOf(MemorySessionStore);
    await store.create('key', { payload: 'payload', expiresAt: 2_000 });
    now = 2_000;
    expect(await store.read('key')).toBeUndefined();
  });

  it('is used as it is when it implements the port', () => {
    const store = new MemorySessionStore();
    expect(storeOf({ store })).toBe(store);
  });

  it('is adapted when it is one of express-session', () => {
    expect(storeOf({ store: new session.MemoryStore() })).toBeInstanceOf(ExpressStoreAdapter);
  });
});
