import { describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import * as fc from 'fast-check';
import type { CookieAttributes } from '../../../../lib/options/cookie/cookie-attributes.js';
import { readCookieHeader } from '../../../../lib/session/token/cookie-reading.js';
import { clearingCookie, setCookie } from '../../../../lib/session/token/set-cookie.js';
import {
  MIN_SIGNED_LENGTH,
  signedId,
  verifySignedId,
} from '../../../../lib/session/token/signed-id.js';

const NAME = 'connect.sid';
const secrets = ['the new secret', 'the old secret'];

const read = (header: string | undefined) =>
  readCookieHeader(header, NAME, MIN_SIGNED_LENGTH, (value) => verifySignedId(value, secrets));
const sessionCookie = (id: string, attributes: CookieAttributes, now = 0) =>
  setCookie(NAME, signedId(id, secrets), attributes, now);

describe('setCookie with a signed id', () => {
  it('writes what readCookieHeader reads, for every id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (id) => {
        const [pair] = sessionCookie(id, { originalMaxAge: null }).split(';');
        expect(read(pair).verified).toMatchObject({ id, isStale: false });
      }),
    );
  });

  it('signs with the first secret, as express-session does', () => {
    const written = sessionCookie('some-id', { originalMaxAge: null });
    expect(written).toBe(
      `connect.sid=${encodeURIComponent(`s:${sign('some-id', 'the new secret')}`)}`,
    );
  });

  it('carries every attribute', () => {
    const written = sessionCookie(
      'x',
      {
        originalMaxAge: 1_000,
        path: '/app',
        domain: 'example.com',
        httpOnly: true,
        secure: true,
        sameSite: 'none',
        partitioned: true,
        priority: 'high',
      },
      9_000,
    );
    expect(written.split('; ').slice(1).toSorted()).toEqual([
      'Domain=example.com',
      'Expires=Thu, 01 Jan 1970 00:00:10 GMT',
      'HttpOnly',
      'Max-Age=1',
      'Partitioned',
      'Path=/app',
      'Priority=High',
      'SameSite=None',
      'Secure',
    ]);
  });

  it.each([
    [86_400_000, 'Max-Age=86400; Expires=Fri, 02 Jan 1970 00:00:00 GMT'],
    [1_000, 'Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT'],
    [1_001, 'Max-Age=2; Expires=Thu, 01 Jan 1970 00:00:01 GMT'], // a date has no milliseconds
    [1, 'Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    [0, 'Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    [-5_000, 'Max-Age=0; Expires=Wed, 31 Dec 1969 23:59:55 GMT'],
  ])('gives a lifetime of %i ms as %s', (originalMaxAge, expected) => {
    expect(setCookie('sid', 'x', { originalMaxAge }, 0)).toBe(`sid=x; ${expected}`);
  });

  it('takes nothing from the cookie written before it, whichever that was', () => {
    const SECOND = 1_000;
    const cookies = [
      [{ originalMaxAge: SECOND }, 0, 'Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT'],
      [{ originalMaxAge: SECOND }, 999, 'Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT'],
      [{ originalMaxAge: SECOND }, 1_000, 'Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:02 GMT'],
      [{ originalMaxAge: SECOND + 1 }, 999, 'Max-Age=2; Expires=Thu, 01 Jan 1970 00:00:02 GMT'],
      [{ originalMaxAge: null, path: '/' }, 0, 'Path=/'],
      [{ originalMaxAge: null, httpOnly: true }, 0, 'HttpOnly'],
      [{ originalMaxAge: null, sameSite: 'lax' }, 0, 'SameSite=Lax'],
    ] as const;
    for (const [former, before] of cookies) {
      for (const [attributes, now, expected] of cookies) {
        setCookie('sid', 'former', former, before);
        expect(setCookie('sid', 'x', attributes, now)).toBe(`sid=x; ${expected}`);
      }
    }
  });

  it('gives no lifetime to a cookie that ends with the browser', () => {
    expect(setCookie('sid', 'x', { originalMaxAge: null, path: '/' }, 0)).toBe('sid=x; Path=/');
  });
});

describe('clearingCookie', () => {
  it('has the same name, path, domain, Secure and Partitioned, no value, and no time left', () => {
    const written = clearingCookie('sid', {
      originalMaxAge: 1_000,
      path: '/app',
      domain: 'example.com',
      secure: true,
      partitioned: true,
    });
    expect(written.split('; ').toSorted()).toEqual([
      'Domain=example.com',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'Max-Age=0',
      'Partitioned',
      'Path=/app',
      'Secure',
      'sid=',
    ]);
  });
});
