import type { Cookie } from 'express-session';
import type { Handler, Scenario } from '../support/scenario.js';
import { count, shown, standardApplication } from './standard-application.js';

type Change = (cookie: Cookie) => void;

function changing(change: Change, isDataChanged: boolean): Handler {
  return (request, response, world) => {
    if (request.url !== '/do') return standardApplication(request, response, world);
    if (isDataChanged) count(request);
    change(request.session.cookie);
    return response.end(shown(request));
  };
}

/** A change of the cookie in a new session, in a stored one with other changes, and by itself. */
function changed(name: string, change: Change, options = {}): Scenario[] {
  return [
    {
      name: `${name}, in a new session`,
      options,
      handle: changing(change, true),
      requests: ['/do', '/look', '/count'],
    },
    {
      name: `${name}, in a changed stored session`,
      options,
      handle: changing(change, true),
      requests: ['/count', '/do', '/look'],
    },
    {
      name: `${name}, and nothing else`,
      options,
      handle: changing(change, false),
      requests: ['/count', '/do', '/look'],
    },
  ];
}

/** Puts something in the place of the cookie, as when the data of a request is assigned to the session. */
function replaced(name: string, requests: readonly string[]): Scenario {
  return {
    name: `a plain object is put in the place of the cookie, ${name}`,
    handle(request, response, world) {
      if (request.url !== '/do') return standardApplication(request, response, world);
      count(request);
      Object.assign(request.session, { cookie: { maxAge: 120_000 } });
      return response.end('done');
    },
    requests,
  };
}

const MAX_AGE = { cookie: { maxAge: 60_000 } };

export const ownCookie: readonly Scenario[] = [
  ...changed('cookie.maxAge is set', (cookie) => void (cookie.maxAge = 120_000)),
  ...changed(
    'cookie.maxAge is set to what it is',
    (cookie) => void (cookie.maxAge = 60_000),
    MAX_AGE,
  ),
  ...changed(
    'cookie.maxAge is set to null',
    (cookie) => void Reflect.set(cookie, 'maxAge', null),
    MAX_AGE,
  ),
  ...changed(
    'cookie.expires is set',
    (cookie) => void (cookie.expires = new Date(Date.now() + 120_000)),
  ),
  ...changed('cookie.expires is set to null', (cookie) => void (cookie.expires = null), MAX_AGE),
  ...changed(
    'cookie.expires is set to false',
    (cookie) => void Reflect.set(cookie, 'expires', false),
    MAX_AGE,
  ),
  ...changed('cookie.path is set', (cookie) => void (cookie.path = '/do')),
  ...changed('cookie.domain is set', (cookie) => void (cookie.domain = 'example.com')),
  ...changed('cookie.httpOnly is set', (cookie) => void (cookie.httpOnly = false)),
  ...changed('cookie.secure is set', (cookie) => void (cookie.secure = true)),
  ...changed('cookie.sameSite is set', (cookie) => void (cookie.sameSite = 'strict')),
  ...changed('cookie.originalMaxAge is set', (cookie) => void (cookie.originalMaxAge = 90_000)),
  replaced('in a new session', ['/do', '/look']),
  replaced('in a stored session', ['/count', '/do', '/look']),
];
