import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import compression from 'compression';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { createSessionMiddleware } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, listen, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

const createExpress = (options: Partial<SessionOptions>) => {
  const app = express();
  app.use(createSessionMiddleware({ secret: SECRET, ...options }));
  return app;
};

describe('on Express', () => {
  it("passes a failed commit to the application's error handler", async () => {
    const store = new ScriptedStore();
    store.break('create');
    const app = createExpress({ store });
    app.get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.redirect('/elsewhere');
    });
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status(Reflect.get(error, 'status')).json({ shape: 'ours', message: error.message });
    });
    const server = await listen(app);
    const { status, body, headers, setCookies } = await server.browser().get('/');
    expect(status).toBe(503);
    expect(body).toMatchObject({ shape: 'ours' });
    expect(headers.get('location')).toBeNull();
    expect(setCookies).toEqual([]);
  });

  it('answers 503 through Express itself when the application has no error handler', async () => {
    const store = new ScriptedStore();
    const app = createExpress({ store }).get('/', (_request, response) => void response.send('ok'));
    app.set('env', 'test');
    const server = await listen(app);
    const browser = server.browser();
    store.break('read');
    const cookie = await signedIn();
    expect((await browser.get('/', { headers: { cookie } })).status).toBe(503);
  });

  it('waits behind compression, and sends the cookie and the whole body', async () => {
    const store = new ScriptedStore();
    const app = express();
    app.use(compression({ threshold: 0 }));
    app.use(createSessionMiddleware({ secret: SECRET, store }));
    app.get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.json({ text: 'long '.repeat(1_000) });
    });
    const server = await listen(app);
    const { body, headers, setCookies } = await server.browser().get('/');
    expect(headers.get('content-encoding')).toMatch(/gzip|deflate|br/);
    expect(body).toEqual({ text: 'long '.repeat(1_000) });
    expect(setCookies).toHaveLength(1);
  });

  it('keeps a Vary and a Cache-Control set by the application', async () => {
    const app = createExpress({}).get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.set({ Vary: 'Accept', 'Cache-Control': 'no-store' }).send('ok');
    });
    const { headers } = await (await listen(app)).browser().get('/');
    expect(headers.get('vary')).toBe('Accept, Cookie');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('tells caches not to share the cookie where the application is silent', async () => {
    const app = createExpress({}).get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.end('ok');
    });
    const { headers } = await (await listen(app)).browser().get('/');
    expect(headers.get('vary')).toBe('Cookie');
    expect(headers.get('cache-control')).toBe('no-cache="Set-Cookie"');
  });

  it.each([
    ['public, max-age=3600', 'public, max-age=3600, no-cache="Set-Cookie"'],
    ['max-age=60', 'max-age=60, no-cache="Set-Cookie"'],
    ['no-cache', 'no-cache, no-cache="Set-Cookie"'], // a cache may still send the cookie after revalidating
    ['no-cache="Set-Cookie"', 'no-cache="Set-Cookie"'],
    ['Private, max-age=60', 'Private, max-age=60'],
    ['max-age=0,no-store', 'max-age=0,no-store'],
  ])('keeps the cookie from caches that a response with %s is meant for', async (own, sent) => {
    const app = createExpress({}).get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.set('Cache-Control', own).send('ok');
    });
    const browser = (await listen(app)).browser();
    expect((await browser.get('/')).headers.get('cache-control')).toBe(sent);
    // The session is as it was: nothing is sent that a cache must not keep.
    expect((await browser.get('/')).headers.get('cache-control')).toBe(own);
  });

  it('does not touch a request that already has a session', async () => {
    const first = new ScriptedStore();
    const second = new ScriptedStore();
    const app = createExpress({ store: first });
    app.use(createSessionMiddleware({ secret: SECRET, store: second }));
    app.get('/', (request, response) => {
      Reflect.set(request.session, 'visited', true);
      response.end('ok');
    });
    const { setCookies } = await (await listen(app)).browser().get('/');
    expect(setCookies).toHaveLength(1);
    expect([first.countOf('create'), second.countOf('create')]).toEqual([1, 0]);
  });

  it('covers the paths of the cookie, wherever the middleware is mounted', async () => {
    const app = express();
    const session = createSessionMiddleware({ secret: SECRET, cookie: { path: '/admin' } });
    app.use('/admin', session).use('/administrator', session);
    app.use((request, response) => void response.json({ has: 'session' in request }));
    const browser = (await listen(app)).browser();
    expect((await browser.get('/admin')).body).toEqual({ has: true });
    expect((await browser.get('/admin/users?x=1')).body).toEqual({ has: true });
    expect((await browser.get('/administrator')).body).toEqual({ has: false });
  });
});

describe('a store that is down', () => {
  it.each([
    ['reject', 503, 'could not read the session'],
    ['anonymous', 200, 'anonymous'],
  ] as const)('with onStoreFailure %j answers %d', async (onStoreFailure, status, text) => {
    const store = new ScriptedStore();
    store.break('read', 'create', 'replace');
    const server = await startServer({ store, onStoreFailure }, (request, response) => {
      response.end(request.session['visited'] === undefined ? 'anonymous' : 'known');
    });
    const cookie = await signedIn();
    const answer = await server.browser().get('/', { headers: { cookie } });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(answer.setCookies).toEqual([]);
  });

  it('is reported with the advice to go on without a session where that helps: not for a write', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      response.end();
    });
    store.break('create');
    const written = await server.browser().get('/');
    store.break('read');
    const read = await server.browser().get('/', { headers: { cookie: await signedIn() } });
    expect([written.status, read.status]).toEqual([503, 503]);
    expect(written.text).not.toContain('onStoreFailure');
    expect(read.text).toContain('onStoreFailure');
  });

  it.each<[string, (request: SessionRequest) => unknown, number, Partial<SessionOptions>]>([
    ['is read', ({ session }) => session['label'], 200, {}],
    ['is changed', ({ session }) => (session['label'] = 'x'), 503, {}],
    ['gets another cookie', ({ session }) => (session.cookie.maxAge = 1_000), 503, {}],
    ['is replaced', (request) => Reflect.set(request, 'session', { label: 'x' }), 503, {}],
    ['is ended', (request) => Reflect.set(request, 'session', null), 503, {}],
    ['is deleted', (request) => Reflect.deleteProperty(request, 'session'), 503, {}],
    ['is left', (request) => Reflect.set(request, 'session', null), 200, { unset: 'keep' }],
  ])('does not lose what an anonymous request does to a session that %s', async (...given) => {
    const [, step, status, options] = given;
    const store = new ScriptedStore();
    store.break('read');
    const all = { store, onStoreFailure: 'anonymous', ...options } as const;
    const server = await startServer(all, (request, response) => {
      step(request);
      response.end('answered');
    });
    const cookie = await signedIn();
    const answer = await server.browser().get('/', { headers: { cookie } });
    expect([answer.status, answer.setCookies]).toEqual([status, []]);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(store.calls).toEqual(['read']);
  });

  it('is waited for as long as storeTimeout, and no longer', async () => {
    const store = new ScriptedStore();
    const read = store.pause('read');
    const server = await startServer({ store, storeTimeout: 50 }, (_request, response) => {
      response.end();
    });
    const cookie = await signedIn();
    const { status, text } = await server.browser().get('/', { headers: { cookie } });
    expect(status).toBe(503);
    expect(text).toContain('storeTimeout');
    read.resolve();
  });
});

it('the path is found in a whole URL, as a client may send it to a proxy', async () => {
  const server = await startServer({ cookie: { path: '/shop' } }, (_request, response) => {
    response.end('a session');
  });
  const { port } = new URL(server.origin);
  const ask = async (path: string): Promise<string> => {
    const asking = get({ port, path, agent: false });
    const [response] = await once(asking, 'response');
    return text(response);
  };
  expect(await ask(`${server.origin}/shop/cart?a=1`)).toBe('a session');
  expect(await ask(`${server.origin}/shopping`)).toBe('no session here');
  expect(await ask(server.origin)).toBe('no session here');
});

/** A cookie that this secret signed, for a session that some store may have. */
async function signedIn(): Promise<string> {
  const server = await startServer({}, (request, response) => {
    request.session['visited'] = true;
    response.end();
  });
  const browser = server.browser();
  await browser.get('/');
  return `connect.sid=${browser.cookie() ?? ''}`;
}
