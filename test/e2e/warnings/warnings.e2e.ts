import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, SealedCookieStore } from 'nestjs-sesame';
import type { StoredRecord } from 'nestjs-sesame';
import { closeServers, listen, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

let recorded: ReturnType<typeof recordLogs>;
const { NODE_ENV } = process.env;

beforeEach(() => {
  recorded = recordLogs();
});

afterEach(async () => {
  recorded.restore();
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
  await closeServers();
});

const warnings = (about: string): number =>
  recorded.logs.filter(({ level, message }) => level === 'warn' && message.includes(about)).length;

const visit = async (options: object, headers: Record<string, string> = {}) => {
  const server = await startServer(
    { ...options, store: new ScriptedStore() },
    (request, response) => {
      request.session['visited'] = true;
      response.end();
    },
  );
  const first = await server.browser().get('/', { headers });
  await server.browser().get('/', { headers });
  return first;
};

describe('a Secure cookie over plain HTTP', () => {
  it('is not sent, and the log says so once, with the remedy', async () => {
    const { setCookies } = await visit({ cookie: { secure: true } });
    expect(setCookies).toEqual([]);
    expect(warnings('was not sent: it is Secure')).toBe(1);
    expect(warnings('trust proxy')).toBe(1);
    expect(warnings('X-Forwarded-Proto')).toBe(1);
  });

  it('is sent when a trusted proxy says that the client used HTTPS', async () => {
    const headers = { 'x-forwarded-proto': 'HTTPS, http' };
    const { setCookies } = await visit({ cookie: { secure: true }, proxy: true }, headers);
    expect(setCookies[0]).toContain('; Secure');
    expect(warnings('Secure')).toBe(0);
  });

  it('is not sent when the proxy is not trusted', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const { setCookies } = await visit({ cookie: { secure: true }, proxy: false }, headers);
    expect(setCookies).toEqual([]);
  });
});

describe("secure: 'auto'", () => {
  it('sends the cookie over plain HTTP, silently in development', async () => {
    const { setCookies } = await visit({});
    expect(setCookies[0]).not.toContain('Secure');
    expect(warnings('Secure')).toBe(0);
  });

  it('is reported in the log, once, in production', async () => {
    process.env['NODE_ENV'] = 'production';
    await visit({});
    expect(warnings('was sent without Secure in production')).toBe(1);
  });

  it('makes the cookie Secure over HTTPS, and sameSite "auto" follows', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const options = { proxy: true, cookie: () => ({ secure: 'auto', sameSite: 'auto' }) };
    const { setCookies } = await visit(options, headers);
    expect(setCookies[0]).toMatch(/Secure.*SameSite=None/);
  });
});

it('the log says once that a cookie came too late for its response', async () => {
  const server = await startServer({}, (request, response) => {
    response.write('head');
    request.session['late'] = true;
    response.end('tail');
  });
  await server.browser().get('/');
  await server.browser().get('/');
  expect(warnings('its cookie could not be sent')).toBe(1);
});

it('an outage is reported now and then, not for every request', async () => {
  const store = new ScriptedStore();
  store.break('create');
  const server = await startServer({ store }, (request, response) => {
    request.session['visited'] = true;
    response.end();
  });
  for (let request = 0; request < 5; request += 1) await server.browser().get('/');
  const errors = recorded.logs.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toContain("the store's create is broken");
});

it('failing touches are reported now and then, not for every request', async () => {
  const store = new ScriptedStore();
  const server = await startServer({ store, touchInterval: '1ms' }, (request, response) => {
    if (request.url === '/begin') request.session['visited'] = true;
    response.end();
  });
  const browsers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const browser = server.browser();
      await browser.get('/begin');
      return browser;
    }),
  );
  store.break('replace');
  const statuses = await Promise.all(browsers.map(async (one) => (await one.get('/')).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(store.countOf('replace')).toBe(20);
  const errors = recorded.logs.filter(({ level }) => level === 'error');
  expect(errors.map(({ message }) => message).toSorted()).toEqual([
    expect.stringMatching(/^A session's idle timeout was not extended\..*replace is broken/),
    expect.stringMatching(/^The session store could not write.*replace is broken/),
  ]);
});

it('every change that fails by itself, without an outage, is logged', async () => {
  const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] });
  const server = await startServer({ store }, (request, response) => {
    request.session['story'] = 'once upon a time '.repeat(400);
    response.end();
  });
  for (let request = 0; request < 3; request += 1) await server.browser().get('/');
  const told = recorded.logs.filter(({ message }) => message.includes('largest attribute'));
  expect(told).toHaveLength(3);
});

it('the log says once that another session middleware came first', async () => {
  const [first, second] = [1, 2].map(() => createSessionMiddleware({ secret: SECRET }));
  const { browser } = await listen((request, response) => {
    first?.(request, response, () => second?.(request, response, () => response.end('well')));
  });
  for (let visit = 0; visit < 2; visit += 1) expect((await browser().get('/')).text).toBe('well');
  expect(warnings('already had a session')).toBe(1);
});

describe('an exception with a status, which Nest would not log,', () => {
  const errors = (): string[] =>
    recorded.logs.filter(({ level }) => level === 'error').map(({ message }) => message);

  it('is logged when a cookie function returns an invalid cookie', async () => {
    const cookie = () => ({ path: 'nowhere' });
    const server = await startServer({ cookie }, (_request, response) => response.end());
    expect((await server.browser().get('/')).status).toBe(500);
    expect(errors()).toEqual([
      expect.stringMatching(/cookie function .*cookie\(\)\.path: is 'nowhere'/s),
    ]);
  });

  it('is logged when a session outgrows its cookie', async () => {
    const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] });
    const server = await startServer({ store }, (request, response) => {
      request.session['story'] = 'once upon a time '.repeat(400);
      response.end();
    });
    expect((await server.browser().get('/')).status).toBe(500);
    expect(errors()).toEqual([expect.stringContaining('The largest attribute is session.story')]);
  });
});

it('no session data is quoted, whatever the store says when it fails', async () => {
  class TalkativeStore extends ScriptedStore {
    override async create(key: string, { payload }: StoredRecord): Promise<never> {
      throw new Error(`insert into sessions values ('${key}', '${payload}') failed`);
    }
  }
  const told: unknown[] = [];
  const server = await startServer(
    { store: new TalkativeStore(), hashIds: false },
    async (request, response) => {
      request.session['card'] = '4111 1111';
      const saved = new Promise((resolve) => request.session.save(resolve));
      told.push(request.sessionID, await saved);
      response.end();
    },
  );
  expect((await server.browser().get('/')).status).toBe(503);
  const [id, exception] = told;
  const shown = inspect([recorded.logs, exception], { depth: 10, showHidden: true });
  expect(shown).toContain('its message is withheld');
  for (const secret of ['4111', String(id)]) expect(shown).not.toContain(secret);
});

it('no secret appears when a request, its session or its store is logged', async () => {
  const shown: string[] = [];
  const server = await startServer({}, (request, response) => {
    request.session['card'] = '4111 1111';
    const sessionStore: unknown = Reflect.get(request, 'sessionStore');
    for (const logged of [request, { ...request }, request.session, sessionStore]) {
      shown.push(inspect(logged, { depth: 12 }), jsonOf(logged));
    }
    response.end();
  });
  await server.browser().get('/');
  expect(shown.join('')).toContain('4111');
  expect(shown.filter((text) => text.includes(SECRET))).toEqual([]);
});

/** JSON as loggers write it: objects that come up again are left out. */
function jsonOf(value: unknown): string {
  const seen = new Set<unknown>();
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return undefined;
    seen.add(part);
    return part;
  });
}
