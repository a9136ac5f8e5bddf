import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCookie } from '../../../lib/edges/session-object/session-object.js';
import { cookieOf, OwnCookie } from '../../../lib/edges/session-object/own-cookie.js';

const MINUTE = 60_000;
const NOW = 1_700_000_000_000;

const ownCookie = new OwnCookie(
  {
    native: new IncomingMessage(new Socket()),
    cookie: { originalMaxAge: MINUTE, path: '/', httpOnly: true, secure: 'auto', sameSite: 'lax' },
    cookieHeader: undefined,
    isSecure: true,
    ip: undefined,
    userAgent: undefined,
  },
  'connect.sid',
);

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('OwnCookie', () => {
  it('has a cookie say that it expires later, when its session was written', () => {
    const cookie = createCookie(ownCookie.configured(undefined));
    const live = { cookie };
    jest.setSystemTime(NOW + MINUTE / 2);
    ownCookie.renew(live, undefined);
    expect(live.cookie).toBe(cookie);
    expect(cookie.expires).toEqual(new Date(NOW + MINUTE / 2 + MINUTE));
  });

  it('puts another in the place of one that was changed', () => {
    const live: Record<string, unknown> = { cookie: { originalMaxAge: null, path: '/admin' } };
    ownCookie.renew(live, { originalMaxAge: 2 * MINUTE });
    expect(cookieOf(live)).toMatchObject({ originalMaxAge: 2 * MINUTE, path: '/', secure: true });
  });

  it('tells what the application changed, beside what is configured', () => {
    const cookie = createCookie(ownCookie.configured(undefined));
    expect(ownCookie.isChanged(cookie, undefined)).toBe(false);
    cookie.path = '/admin';
    expect(ownCookie.isChanged(cookie, undefined)).toBe(true);
    expect(ownCookie.overridesOf(cookie)).toEqual({ path: '/admin' });
  });
});
