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
const sessionCookie = (id: string, attributes: CookieAttributes, expires: Date | undefined) =>
  setCookie(NAME, signedId(id, secrets), attributes, expires);

describe('setCookie with a signed id', () => {
  it('writes what readCookieHeader reads, for every id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (id) => {
        const [pair] = sessionCookie(id, { originalMaxAge: null }, undefined).split(';');
        expect(read(pair).verified).toMatchObject({ id, isStale: false });
      }),
    );
  });

  it('signs with the first secret, as express-session does', () => {
    const written = sessionCookie('some-id', { originalMaxAge: null }, undefined);
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
      new Date(0),
    );
    expect(written.split('; ').slice(1).toSorted()).toEqual([
      'Domain=example.com',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'HttpOnly',
      'Partitioned',
      'Path=/app',
      'Priority=High',
      'SameSite=None',
      'Secure',
    ]);
  });
});

describe('clearingCookie', () => {
  it('has the same name, path, domain, Secure and Partitioned, no value, and a date long gone', () => {
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
      'Partitioned',
      'Path=/app',
      'Secure',
      'sid=',
    ]);
  });
});
