import { EventEmitter } from 'node:events';
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, SealedCookieStore, userIdOf } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, hasSession, listen } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import { reasonOf } from '../../support/reason-of.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

// What is passed for the response of a request that has none, so that the middleware can be called.
const STAND_INS: readonly [string, (request: IncomingMessage) => object][] = [
  ['an empty object', () => ({})],
  ['an object without a prototype', () => Object.create(null)],
  ['undefined', () => JSON.parse('[]')[0]],
  ['null', () => JSON.parse('null')],
  ['an object with getHeader and setHeader', () => ({ getHeader() {}, setHeader() {} })],
  ["engine.io's response of a WebSocket", (request) => webSocketResponse(request)],
  ['a frozen object', () => Object.freeze({})],
  ['a response that was ended', (request) => new ServerResponse(request).end()],
];

/** As engine.io makes it for an upgrade. */
function webSocketResponse(request: IncomingMessage): object {
  const headers: Record<string, unknown> = {};
  return {
    req: request,
    socket: request.socket,
    setHeader: (name: string, value: unknown) => (headers[name] = value),
    getHeader: (name: string) => headers[name],
    removeHeader: (name: string) => delete headers[name],
    write() {},
    writeHead() {},
    end() {},
  };
}

type Deed = (request: SessionRequest) => unknown;

/** A server whose requests under /bare get no response that Sesame could use. */
async function start(
  standIn: (request: IncomingMessage) => object,
  deed: Deed,
  options: Partial<SessionOptions> = {},
) {
  const session = createSessionMiddleware({ secret: SECRET, ...options });
  const server = await listen((request, response) => {
    const isBare = request.url?.startsWith('/bare') === true;
    const answer = (said: unknown): unknown =>
      response.writableEnded ? undefined : response.end(reasonOf(said));
    session(request, isBare ? standIn(request) : response, (error) => {
      if (error !== undefined) return answer(error);
      if (!hasSession(request)) return answer('no session here');
      if (request.url === '/put') request.session['count'] = 1;
      if (!isBare) return answer(request.session['count'] ?? 'nothing');
      return void new Promise((resolve) => resolve(deed(request))).then(answer, answer);
    });
  });
  return server.browser();
}

/** Does something that express-session reports through a callback. */
const done = (call: (callback: (error?: unknown) => void) => unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });

const REFUSAL = /cannot send the cookie .* before the socket is opened/;

describe.each(STAND_INS)('for a request with %s for its response', (_what, standIn) => {
  it('there is a session to read', async () => {
    const browser = await start(standIn, ({ session }) => session['count'] ?? 'nothing');
    expect((await browser.get('/bare')).text).toBe('nothing');
    await browser.get('/put');
    expect(await browser.get('/bare')).toMatchObject({ text: '1', setCookies: [] });
  });

  it('a change is stored by save(), and only by save()', async () => {
    const browser = await start(standIn, async ({ session, url }) => {
      session['count'] = 2;
      if (url === '/bare/save') await done((callback) => session.save(callback));
    });
    await browser.get('/put');
    await browser.get('/bare');
    expect((await browser.get('/')).text).toBe('1');
    await browser.get('/bare/save');
    expect((await browser.get('/')).text).toBe('2');
  });

  it('save() also keeps an unchanged session from timing out', async () => {
    let now = Date.now();
    const save: Deed = ({ session }) => done((callback) => session.save(callback));
    const browser = await start(standIn, save, { clock: () => now });
    await browser.get('/put');
    now += 20 * 60_000;
    await browser.get('/bare');
    now += 20 * 60_000;
    expect((await browser.get('/')).text).toBe('1');
  });

  it('no session is started', async () => {
    const store = new ScriptedStore();
    const save: Deed = ({ session }) => {
      session['count'] = 2;
      return done((callback) => session.save(callback));
    };
    const browser = await start(standIn, save, { store });
    expect((await browser.get('/bare')).text).toMatch(REFUSAL);
    expect(store.calls).toEqual([]);
  });

  it('no session gets a new id', async () => {
    const regenerate: Deed = ({ session }) => done((callback) => session.regenerate(callback));
    const browser = await start(standIn, regenerate);
    await browser.get('/put');
    expect((await browser.get('/bare')).text).toMatch(REFUSAL);
    expect((await browser.get('/')).text).toBe('1');
  });

  it('the session can be ended', async () => {
    const destroy: Deed = ({ session }) => done((callback) => session.destroy(callback));
    const browser = await start(standIn, destroy);
    await browser.get('/put');
    await browser.get('/bare');
    expect((await browser.get('/')).text).toBe('nothing');
  });

  it('a session in a sealed cookie can be read, but neither changed nor ended', async () => {
    const store = new SealedCookieStore({ keys: ['the key that seals in these tests, and opens'] });
    const browser = await start(
      standIn,
      async ({ session, url }) => {
        if (url === '/bare') return session['count'];
        session['count'] = 2;
        return done((callback) =>
          url === '/bare/save' ? session.save(callback) : session.destroy(callback),
        );
      },
      { store },
    );
    await browser.get('/put');
    expect((await browser.get('/bare')).text).toBe('1');
    expect((await browser.get('/bare/save')).text).toMatch(REFUSAL);
    expect((await browser.get('/bare/destroy')).text).toMatch(REFUSAL);
    expect((await browser.get('/')).text).toBe('1');
  });

  it('a store that fails causes an error for next()', async () => {
    const store = new ScriptedStore();
    const browser = await start(standIn, () => 'gone on', { store });
    await browser.get('/put');
    store.break('read');
    expect((await browser.get('/bare')).text).toMatch(/session store could not read/);
  });

  it('nobody is signed in', async () => {
    const browser = await start(standIn, (request) => userIdOf(request) ?? 'nobody');
    expect((await browser.get('/bare')).text).toBe('nobody');
  });
});

describe('for an object that only imitates a request', () => {
  const session = createSessionMiddleware({ secret: SECRET });
  const outcomeOf = (request: object): Promise<unknown> =>
    new Promise((resolve) => Reflect.apply(session, undefined, [request, {}, resolve]));

  it.each([
    ['with headers alone', { headers: {} }],
    ['without any', {}],
  ])('%s, there is an empty session', async (_what, request) => {
    expect(await outcomeOf(request)).toBeUndefined();
    expect(request).toMatchObject({ session: { cookie: expect.anything() } });
  });

  it('and is frozen, next() gets an error', async () => {
    const failure = await outcomeOf(Object.freeze({ headers: {} }));
    expect(failure).toBeInstanceOf(TypeError);
  });
});

it('a response made by a test gets its cookie if it has the necessary methods', async () => {
  const session = createSessionMiddleware({ secret: SECRET });
  const headers = new Map<string, unknown>();
  const { promise: sent, resolve } = deferred<unknown[]>();
  /** As node-mocks-http makes it. */
  const response = {
    statusCode: 200,
    headersSent: false,
    on: () => response,
    emit: () => true,
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    hasHeader: (name: string) => headers.has(name.toLowerCase()),
    setHeader: (name: string, value: unknown) => headers.set(name.toLowerCase(), value),
    removeHeader: (name: string) => headers.delete(name.toLowerCase()),
    writeHead: () => response,
    write: () => true,
    end: (body: unknown) => resolve([body, headers.get('set-cookie')]),
  };
  const request = Object.assign(new EventEmitter(), { method: 'GET', url: '/', headers: {} });
  const next = (): void => {
    Object.assign(Reflect.get(request, 'session'), { count: 1 });
    response.end('stored');
  };
  Reflect.apply(session, undefined, [request, response, next]);
  expect(await sent).toEqual(['stored', [expect.stringMatching(/^connect\.sid=s%3A/)]]);
});
