import { afterEach, describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';

afterEach(closeServers);

const HTTPS = { headers: { 'x-forwarded-proto': 'https' } };

/** A server behind a TLS proxy, where a request changes its session's cookie. */
function start(options: Partial<SessionOptions>, change: Record<string, unknown> = {}) {
  return startServer({ proxy: true, ...options }, (request, response) => {
    request.session['seen'] = true;
    Object.assign(request.session.cookie, change);
    response.end('stored');
  });
}

const HOST = { name: '__Host-sid', cookie: { secure: true } };
const HOST_HTTP = { name: '__host-http-sid', cookie: { secure: true } };
const HTTP = { name: '__Http-sid', cookie: { secure: true, path: '/', domain: 'example.com' } };
const SECURE = { name: '__SECURE-sid', cookie: { secure: true } };
const PLAIN = {};

const breaking: [Partial<SessionOptions>, Record<string, unknown>, string][] = [
  [HOST, { domain: 'example.com' }, 'no cookie.domain'],
  [HOST, { path: '/app' }, "cookie.path: '/'"],
  [HOST, { path: undefined }, "cookie.path: '/'"],
  [HOST, { secure: false }, 'cookie.secure: true'],
  [HOST, { secure: 'auto' }, 'cookie.secure: true'],
  [HOST_HTTP, { httpOnly: false }, 'cookie.httpOnly: true'],
  [HOST_HTTP, { domain: 'example.com' }, 'no cookie.domain'],
  [HTTP, { httpOnly: false }, 'cookie.httpOnly: true'],
  [HTTP, { secure: false }, 'cookie.secure: true'],
  [SECURE, { secure: false }, 'cookie.secure: true'],
  [PLAIN, { sameSite: 'none', secure: false }, 'cookie.secure: true'],
  [PLAIN, { partitioned: true, secure: false }, 'cookie.secure: true'],
];

const fitting: [Partial<SessionOptions>, Record<string, unknown>, RegExp][] = [
  [HOST, { httpOnly: false }, /^__Host-sid=.+; Path=\/; Secure; SameSite=Lax$/],
  [HOST, { domain: '', sameSite: 'strict' }, /^__Host-sid=.+; Secure; SameSite=Strict$/],
  [HTTP, { domain: 'www.example.com', path: '/app' }, /; Domain=www\.example\.com; Path=\/app;/],
  [SECURE, { domain: 'example.com', httpOnly: false }, /; Domain=example\.com; Path=\/; Secure/],
  [PLAIN, { sameSite: 'none', secure: true }, /; Secure; SameSite=None$/],
];

describe("a session's own cookie under a name with a prefix", () => {
  it.each(breaking)(
    'is an error where browsers would reject it: %j, %j',
    async (options, change, needed) => {
      const { browser } = await start(options, change);
      const { status, text, setCookies } = await browser().get('/', HTTPS);
      expect(status).toBe(500);
      const [attribute = ''] = Object.keys(change);
      expect(text).toContain(`session.cookie.${attribute} cannot be stored`);
      expect(text).toContain('refused by browsers');
      expect(text).toContain(needed);
      expect(setCookies).toEqual([]);
    },
  );

  it.each(fitting)(
    'is sent where browsers accept it: %j, %j',
    async (options, change, expected) => {
      const { browser } = await start(options, change);
      const { text, setCookies } = await browser().get('/', HTTPS);
      expect(text).toBe('stored');
      expect(setCookies).toEqual([expect.stringMatching(expected)]);
    },
  );
});

describe('a stored record with cookie attributes that its name does not allow', () => {
  it.each([
    ['a domain', { domain: 'example.com' }],
    ['a path', { path: '/app' }],
    ['no Secure', { secure: false }],
    ['SameSite=None and no Secure', { sameSite: 'none', secure: false }],
  ])(
    'is sent with the configured attributes and its own lifetime: %s',
    async (_what, attributes) => {
      const store = new MemorySessionStore();
      const now = Date.now();
      const own = { ...attributes, originalMaxAge: 600_000 };
      const payload = JSON.stringify({
        _sesame: { seenAt: now, createdAt: now, cookie: own },
        cookie: own,
        name: 'ada',
      });
      await store.create('known', { payload, expiresAt: now + 600_000 });
      const { browser } = await startServer(
        { proxy: true, ...HOST, store, hashIds: false },
        (request, response) => {
          request.session['seen'] = true;
          const { domain, path, secure, originalMaxAge } = request.session.cookie;
          response.end(JSON.stringify({ domain, path, secure, originalMaxAge }));
        },
      );
      const cookie = `__Host-sid=${encodeURIComponent(`s:${sign('known', SECRET)}`)}`;
      const headers = { ...HTTPS.headers, cookie };
      const { status, body, setCookies } = await browser().get('/', { headers });
      expect(status).toBe(200);
      expect(body).toEqual({ path: '/', secure: true, originalMaxAge: 600_000 });
      expect(setCookies).toEqual([
        expect.stringMatching(
          /^__Host-sid=s%3Aknown[^;]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
    },
  );
});
