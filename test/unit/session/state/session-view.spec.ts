import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import session from 'express-session';
import { isSession } from '../../../../lib/edges/session-object/session-object.js';
import type { Session } from '../../../../lib/edges/session-object/session-object.js';
import { SESSION_OBJECTS } from '../../../../lib/edges/session-object/session-objects.js';
import type { CookieOverrides } from '../../../../lib/options/cookie/cookie-attributes.js';
import type { SessionEdge } from '../../../../lib/session/edge.js';
import { SessionView } from '../../../../lib/session/state/session-view.js';

const MINUTE = 60_000;
const NOW = 1_700_000_000_000;

const edge: SessionEdge = {
  cookieHeader: undefined,
  cookie: { originalMaxAge: MINUTE, path: '/', httpOnly: true, secure: 'auto', sameSite: 'lax' },
  isSecure: true,
  canSendCookie: true,
  ip: undefined,
  userAgent: undefined,
  method: 'GET',
  methodOnWire: undefined,
  isHandshake: false,
  fetchSite: undefined,
  origin: undefined,
  hosts: [],
  path: '/',
  request: {},
  generateId: () => 'an-id',
  objects: SESSION_OBJECTS,
};

/** The view of a session that was stored with these cookie attributes of its own. */
function viewOf(overrides?: CookieOverrides): SessionView {
  const record = {
    metadata: { seenAt: NOW, createdAt: NOW, cookie: overrides },
    cookie: { originalMaxAge: null },
    attributes: {},
  };
  return new SessionView({ record: () => record, identity: { id: 'an-id' } }, edge, 'connect.sid');
}

/** The session object that an application is given. */
function shownBy(view: SessionView): Session {
  const object = view.object();
  if (isSession(object)) return object;
  throw new TypeError('this is no session');
}

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the cookie of a session', () => {
  it('expires later once its session is written', () => {
    const view = viewOf();
    const shown = shownBy(view);
    const { cookie } = shown;
    jest.setSystemTime(NOW + MINUTE / 2);
    view.renewCookie(view.cookieAttributes());
    expect(shown.cookie).toBe(cookie);
    expect(cookie.expires).toEqual(new Date(NOW + MINUTE / 2 + MINUTE));
  });

  it('replaces whatever else was put in its place', () => {
    const live = { cookie: { originalMaxAge: null, path: '/admin' } };
    const view = viewOf({ originalMaxAge: 2 * MINUTE });
    view.put(live);
    view.renewCookie(view.cookieAttributes());
    expect(live.cookie).toBeInstanceOf(session.Cookie);
    expect(view.cookieAttributes()).toMatchObject({
      originalMaxAge: 2 * MINUTE,
      path: '/',
      secure: true,
    });
    expect(SESSION_OBJECTS.cookieOf(live)).toEqual(view.cookieAttributes());
  });

  it('stays as it is if the application changed it while the record was being written', () => {
    const view = viewOf();
    const { cookie } = shownBy(view);
    const written = view.cookieAttributes();
    cookie.path = '/admin';
    jest.setSystemTime(NOW + MINUTE / 2);
    view.renewCookie(written);
    expect(cookie).toMatchObject({ path: '/admin', expires: new Date(NOW + MINUTE) });
  });

  it('reports what the application changed from the configuration', () => {
    const view = viewOf();
    const { cookie } = shownBy(view);
    expect(view.hasChangedCookie()).toBe(false);
    expect(view.cookieOverrides()).toBeUndefined();
    cookie.path = '/admin';
    expect(view.hasChangedCookie()).toBe(true);
    expect(view.cookieOverrides()).toEqual({ path: '/admin' });
  });
});
