import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

/** Every way in which a handler may answer after changing the session. */
const WAYS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'end() with a body': (response) => {
    response.end('done');
  },
  'a redirect': (response) => {
    response.writeHead(302, { Location: '/elsewhere' }).end();
  },
  'writeHead() with headers, then end()': (response) => {
    response.writeHead(200, 'Fine', { 'X-Way': 'head' }).end('done');
  },
  'writeHead() with an array of headers': (response) => {
    response.writeHead(200, ['X-Way', 'array', 'Set-Cookie', 'other=1']).end('done');
  },
  '204 without a body': (response) => {
    response.statusCode = 204;
    response.end();
  },
  '304 without a body': (response) => {
    response.statusCode = 304;
    response.end();
  },
  'write() and end()': (response) => {
    response.write('do');
    response.write('ne');
    response.end();
  },
  'end() with a callback': (response) => {
    response.end('done', 'utf8', () => undefined);
  },
  'a piped stream': (response) => {
    Readable.from(['do', 'ne']).pipe(response);
  },
  'flushHeaders(), then a stream': (response) => {
    response.flushHeaders();
    Readable.from(['do', 'ne']).pipe(response);
  },
};

describe.each(Object.entries(WAYS))('a response by %s', (_name, answer) => {
  it('leaves only once the session is stored, and carries its cookie', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      answer(response);
    });
    const create = store.pause('create');
    let hasAnswered = false;
    const response = server
      .browser()
      .get('/')
      .then((received) => {
        hasAnswered = true;
        return received;
      });
    await create.arrived;
    expect(hasAnswered).toBe(false);
    create.resolve();
    const { setCookies, text, status } = await response;
    expect(setCookies.filter((cookie) => cookie.startsWith('connect.sid='))).toHaveLength(1);
    if (status === 200) expect(text).toBe('done');
  });

  it('becomes a 503 without a cookie when the session cannot be stored', async () => {
    const store = new ScriptedStore();
    store.break('create');
    const server = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      answer(response);
    });
    const { status, setCookies, headers, text } = await server.browser().get('/');
    expect(status).toBe(503);
    expect(setCookies.filter((cookie) => cookie.startsWith('connect.sid='))).toEqual([]);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('location')).toBeNull();
    expect(text).toContain('The session store could not create the session');
  });

  it('leaves as usual when the session was not touched', async () => {
    const server = await startServer({}, (_request, response) => answer(response));
    const { status, setCookies } = await server.browser().get('/');
    expect([200, 204, 302, 304]).toContain(status);
    expect(setCookies.filter((cookie) => cookie.startsWith('connect.sid='))).toEqual([]);
  });
});

describe('a HEAD request', () => {
  it('stores the session and gets the cookie', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      response.setHeader('Content-Length', '4');
      response.end('done');
    });
    const answer = await server.browser().get('/', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toHaveLength(1);
    expect(store.countOf('create')).toBe(1);
  });
});

describe('while a response is held', () => {
  it('the handler sees it as sent, and no second response is accepted', async () => {
    const seen: unknown[] = [];
    const server = await startServer({}, (request, response) => {
      request.session['visited'] = true;
      response.end('first');
      seen.push(response.headersSent, response.writableEnded);
      response.end('second');
    });
    const { text } = await server.browser().get('/');
    expect(text).toBe('first');
    expect(seen).toEqual([true, true]);
  });

  it('drops what a streaming handler keeps writing after a failure', async () => {
    const store = new ScriptedStore();
    const create = store.pause('create');
    const written: Promise<void>[] = [];
    const server = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      response.write('never ');
      written.push(
        create.promise.catch(async () => {
          await new Promise((resolve) => response.once('finish', resolve));
          response.write('seen ');
          response.end('at all');
        }),
      );
    });
    const answer = server.browser().get('/');
    await create.arrived;
    create.reject(new Error('disk full'));
    const { status, text } = await answer;
    await Promise.all(written);
    expect(status).toBe(503);
    expect(text).not.toMatch(/never|seen|at all/);
  });
});

describe('a stream whose headers have left', () => {
  const stream = (request: SessionRequest, response: ServerResponse): void => {
    response.write('head ');
    request.session['visited'] = true;
    response.end('tail');
  };

  it('stores later changes before it ends', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      if (request.url === '/stream') return stream(request, response);
      request.session['begun'] = true;
      response.end(JSON.stringify(request.session));
    });
    const browser = server.browser();
    await browser.get('/');
    const { text } = await browser.get('/stream');
    expect(text).toBe('head tail');
    expect((await browser.get('/')).body).toMatchObject({ visited: true, begun: true });
  });

  it('ends all the same when storing them fails', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, stream);
    store.break('create');
    const { status, text } = await server.browser().get('/');
    expect([status, text]).toEqual([200, 'head tail']);
  });
});

describe('a client that goes away', () => {
  it('has its changes stored, even if the handler never answers', async () => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      if (request.url === '/read') return response.end(JSON.stringify(request.session));
      request.session['left'] = request.url === '/leave';
      if (request.url === '/') response.end();
      return undefined;
    });
    const browser = server.browser();
    await browser.get('/');
    const abort = new AbortController();
    const replace = store.pause('replace');
    const answer = browser.get('/leave', { signal: abort.signal });
    // Once the session is read, the request has reached the handler.
    while (store.countOf('read') < 1) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(answer).rejects.toThrow();
    await replace.arrived;
    replace.resolve();
    expect((await browser.get('/read')).body).toMatchObject({ left: true });
  });

  it('has the changes stored that were made while its response was held', async () => {
    const store = new ScriptedStore();
    const closed = deferred();
    const server = await startServer({ store }, (request, response) => {
      if (request.url === '/read') return response.end(JSON.stringify(request.session));
      if (request.url === '/') request.session['first'] = false;
      if (request.url === '/') return response.end();
      response.once('close', () => closed.resolve());
      request.session['first'] = true;
      response.write('a part');
      request.session['second'] = true;
      return undefined;
    });
    const browser = server.browser();
    await browser.get('/');
    const abort = new AbortController();
    const replace = store.pause('replace');
    const answer = browser.get('/leave', { signal: abort.signal });
    await replace.arrived;
    abort.abort();
    await expect(answer).rejects.toThrow();
    await closed.promise;
    const next = store.pause('replace');
    replace.resolve();
    await next.arrived;
    next.resolve();
    expect((await browser.get('/read')).body).toMatchObject({ first: true, second: true });
  });
});
