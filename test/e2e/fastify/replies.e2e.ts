import '../../support/session-data.js';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { closeFastify, sessionOf, startFastify } from '../../support/applications/fastify-app.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

const TEXT = 'a text '.repeat(50);
const later = () => new Promise((resolve) => setImmediate(resolve));

const count = (request: FastifyRequest): void => {
  const session = sessionOf(request);
  session.count = (session.count ?? 0) + 1;
};

/** How a handler may answer after it changed the session, with which status, and with which body. */
const WAYS: readonly [
  string,
  (request: FastifyRequest, reply: FastifyReply) => unknown,
  number?,
  string?,
][] = [
  ['a value that it returns', async () => TEXT],
  ['send()', (_request, reply) => void reply.send(TEXT)],
  ['send() that it does not return', async (_request, reply) => void reply.send(TEXT)],
  [
    'send(), with work after it',
    async (_request, reply) => {
      reply.send(TEXT);
      await later();
    },
  ],
  ['send() later on', (_request, reply) => void setImmediate(() => reply.send(TEXT))],
  ['a buffer', async () => Buffer.from(TEXT)],
  ['a stream', async () => Readable.from([TEXT])],
  ['a web stream', async () => new Blob([TEXT]).stream()],
  ['a Response', async () => new Response(TEXT)],
  ['a redirect', async (_request, reply) => reply.redirect('/elsewhere'), 302, ''],
  ['nothing', async (_request, reply) => reply.code(204).send(), 204, ''],
  ['304', async (_request, reply) => reply.code(304).send(), 304, ''],
  [
    'an error',
    async () => Promise.reject(Object.assign(new Error(TEXT), { statusCode: 418 })),
    418,
  ],
  [
    'raw',
    (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/plain' });
      reply.raw.end(TEXT);
    },
  ],
  [
    'raw, in parts',
    async (_request, reply) => {
      reply.hijack();
      reply.raw.write(TEXT.slice(0, 7));
      await later();
      reply.raw.end(TEXT.slice(7));
    },
  ],
  [
    'events',
    (_request, reply) => {
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.raw.flushHeaders();
      reply.raw.write(`data: ${TEXT}\n\n`);
      reply.raw.end();
      reply.hijack();
    },
  ],
  [
    'trailers',
    async (_request, reply) =>
      reply
        .header('X-Way', 'trailers')
        .trailer('x-sum', async () => '1')
        .send(TEXT),
  ],
];

let store = new ScriptedStore();
beforeEach(() => {
  store = new ScriptedStore();
});

/** A store that is another one for each test: servers are started once. */
const place = new Proxy(store, { get: (_target, name) => bound(store, name) });

function bound(object: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(object, name);
  return typeof member === 'function' ? member.bind(object) : member;
}

function addRoutes(app: FastifyInstance): void {
  for (const [way, answer] of WAYS) {
    app.get(pathOf(way), (request, reply) => {
      count(request);
      return answer(request, reply);
    });
  }
  app.get('/count', (request, reply) => void reply.send(String(sessionOf(request).count)));
  app.setErrorHandler((error: Error & { statusCode?: number; status?: number }, _request, reply) =>
    reply
      .code(error.statusCode ?? error.status ?? 500)
      .send({ shape: 'ours', message: error.message }),
  );
}

const pathOf = (way: string): string => `/${way.replaceAll(/\W+/g, '-')}`;

describe('a reply of Fastify', () => {
  let browser: Browser;
  beforeAll(async () => {
    const started = await startFastify({ store: place }, addRoutes);
    browser = started.browser();
  });
  beforeEach(() => {
    browser = new Browser(browser.origin);
  });
  afterAll(closeFastify);

  it.each(WAYS)('by %s leaves once the session is stored', async (way, _answer, status = 200) => {
    const create = store.pause('create');
    let hasAnswered = false;
    const answer = browser.get(pathOf(way)).finally(() => {
      hasAnswered = true;
    });
    await create.arrived;
    await later();
    expect(hasAnswered).toBe(false);
    create.resolve();
    const received = await answer;
    expect(received.status).toBe(status);
    expect(received.text).toEqual(
      status >= 300 || status === 204 ? expect.anything() : expect.stringContaining(TEXT),
    );
    expect(received.setCookies).toEqual([expect.stringMatching(/^connect\.sid=/)]);
    expect((await browser.get('/count')).text).toBe('1');
    expect(store.calls).toEqual(['create', 'read']);
  });

  it.each(WAYS)(
    "by %s is a 503 in the application's own shape if it cannot be stored",
    async (way) => {
      store.break('create');
      const { status, body, headers, setCookies } = await browser.get(pathOf(way));
      expect(status).toBe(503);
      expect(body).toEqual({
        shape: 'ours',
        message: 'Sessions are unavailable at the moment. Try again shortly.',
      });
      expect(setCookies).toEqual([]);
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      for (const gone of ['location', 'trailer']) expect(headers.get(gone)).toBeNull();
      expect(headers.get('x-way')).toBe(way === 'trailers' ? 'trailers' : null);
    },
  );
});
