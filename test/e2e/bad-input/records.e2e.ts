import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { sign } from 'cookie-signature';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

class User {
  readonly name = 'Ada';
}

const ID = 'an-id-that-the-test-knows';
const KEY = createHash('sha256').update(ID).digest('base64url');
const COOKIE = `connect.sid=${encodeURIComponent(`s:${sign(ID, SECRET)}`)}`;
const GOOD = '"_sesame":{"seenAt":4000000000000,"createdAt":4000000000000}';

async function ask(payload: string, times = 1) {
  const store = new ScriptedStore();
  await store.inner.create(KEY, { payload, expiresAt: Date.now() + 60_000 });
  const server = await startServer({ store, absoluteTimeout: null }, (request, response) => {
    response.end(JSON.stringify({ ...request.session, id: request.sessionID }));
  });
  const answers = [];
  for (let time = 0; time < times; time += 1) {
    answers.push(await server.browser().get('/', { headers: { cookie: COOKIE } }));
  }
  return { store, answers, body: answers[0]?.body };
}

describe('a stored record that is not a session', () => {
  it.each([
    ['not JSON', 'surely not JSON'],
    ['half written', `{${GOOD},"cookie":{"originalMaxAge":null},"secretAttr`],
    ['no object', '[1,2,3]'],
    ['null', 'null'],
    ['without a cookie', `{${GOOD},"label":"x"}`],
    ['with a cookie that is no object', `{${GOOD},"cookie":"x"}`],
    ['with metadata of another shape', '{"_sesame":{"seenAt":"x"},"cookie":{}}'],
    ['with a __proto__ key', `{${GOOD},"cookie":{},"__proto__":{"admin":true}}`],
    ['with a __proto__ key deep inside', `{${GOOD},"cookie":{},"a":[{"b":{"__proto__":{}}}]}`],
    ['seen at no date', '{"_sesame":{"seenAt":1e300,"createdAt":1},"cookie":{}}'],
    ['begun at no date', '{"_sesame":{"seenAt":1,"createdAt":1e400},"cookie":{}}'],
    [
      'nested too deeply',
      `{${GOOD},"cookie":{},"\\u0061":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    ],
    ['with an escaped __proto__ key', `{${GOOD},"cookie":{},"\\u005f_proto__":{"admin":true}}`],
  ])(
    'opens an empty session, is reported by its handle and removed: %s',
    async (_name, payload) => {
      const { logs, restore } = recordLogs();
      const { store, answers, body } = await ask(payload, 3);
      restore();
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(body).not.toMatchObject({ id: ID });
      expect(body).not.toHaveProperty('admin');
      expect(await store.inner.read(KEY)).toBeUndefined();
      const said = logs.filter(({ message }) => message.includes(KEY));
      expect(said).toHaveLength(1);
      expect(JSON.stringify(logs)).not.toContain(ID);
      expect(JSON.stringify(logs)).not.toContain('secretAttr');
    },
  );

  const ODD = {
    path: '/\r\nX: y',
    domain: 'a b',
    sameSite: 'sometimes',
    secure: 'perhaps',
    httpOnly: 0,
    partitioned: 3,
    priority: 'urgent',
    expires: 5,
    maxAge: {},
  };
  const LIFETIMES = [1e300, 'an hour', true, {}].map((originalMaxAge) => ({ originalMaxAge }));
  const odd = [...Object.entries(ODD).map(([name, value]) => ({ [name]: value })), ...LIFETIMES];
  const GOOD_TIMES = { seenAt: 4_000_000_000_000, createdAt: 4_000_000_000_000 };

  it.each(
    odd.flatMap((cookie) => [
      { _sesame: GOOD_TIMES, cookie },
      { _sesame: { ...GOOD_TIMES, cookie }, cookie },
      { cookie },
    ]),
  )('is one all the same if a cookie cannot carry one of its attributes: %j', async (record) => {
    const { body } = await ask(JSON.stringify({ ...record, label: 'x' }));
    expect(body).toMatchObject({ id: ID, label: 'x' });
    expect(body).toHaveProperty('cookie', {
      originalMaxAge: null,
      expires: null,
      path: '/',
      httpOnly: true,
      secure: false,
      sameSite: 'lax',
    });
  });

  it('keeps its lifetime beside such an attribute', async () => {
    const cookie = { originalMaxAge: 60_000, path: 'x;y', domain: 'a b' };
    const { body } = await ask(JSON.stringify({ _sesame: { ...GOOD_TIMES, cookie }, cookie }));
    expect(body).toMatchObject({ id: ID, cookie: { originalMaxAge: 60_000, path: '/' } });
  });

  it('reads a record as express-session writes it', async () => {
    const { body } = await ask(
      '{"cookie":{"originalMaxAge":null,"expires":null,"path":"/"},"label":"x"}',
    );
    expect(body).toMatchObject({ id: ID, label: 'x' });
  });
});

describe('an attribute that cannot be stored', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each([
    ['a BigInt', { cart: { total: 10n } }, 'session.cart.total cannot be stored: it is a BigInt'],
    ['a cycle', { cycle }, 'session.cycle.self cannot be stored: it is a cycle'],
    [
      'a function',
      { cart: [{ add: () => undefined }] },
      'session.cart[0].add cannot be stored: it is a function',
    ],
    [
      'a function on top',
      { add: () => undefined },
      'session.add cannot be stored: it is a function',
    ],
    ['a Map', { map: new Map([[1, 2]]) }, 'session.map cannot be stored: it is a Map'],
    ['a symbol', { mark: Symbol('x') }, 'session.mark cannot be stored: it is a symbol'],
    [
      "Sesame's own name",
      { _sesame: {} },
      'session._sesame cannot be stored: it is a name that Sesame keeps',
    ],
    [
      'a __proto__ key',
      { parsed: JSON.parse('{"a":{"__proto__":{"admin":true}}}') },
      'session.parsed.a.__proto__ cannot be stored: it is a __proto__ key',
    ],
    [
      'a name of a method of sessions',
      { save: 'the whales' },
      'session.save cannot be stored: it is a name that every session object uses itself',
    ],
    [
      'a name that every object has',
      { constructor: 'me' },
      'session.constructor cannot be stored: it is a name that every session',
    ],
    [
      'a number that JSON does not have',
      { cart: { total: Number.NaN } },
      'session.cart.total cannot be stored: it is NaN, which JSON would turn into null',
    ],
    [
      'a date that is none',
      { seen: new Date(Number.NaN) },
      'session.seen cannot be stored: it is an invalid Date',
    ],
    [
      'a gap in an array',
      { cart: [1, undefined] },
      'session.cart[1] cannot be stored: it is undefined in an array',
    ],
    [
      'bytes',
      { avatar: { bytes: Buffer.from('png') } },
      'session.avatar.bytes cannot be stored: it is a Buffer',
    ],
    ['an error', { last: new Error('x') }, 'session.last cannot be stored: it is an Error'],
    ['an instance of a class', { user: new User() }, 'session.user cannot be stored: it is a User'],
    ['nesting without end', { deep: nested(20_000) }, 'nested more than 500 levels deep'],
  ])('is an error that names its path, and nothing is written: %s', async (_name, set, message) => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      Object.assign(request.session, request.url === '/bad' ? { other: 1, ...set } : { good: 1 });
      response.end(JSON.stringify(request.session));
    });
    const browser = server.browser();
    await browser.get('/');
    const { status, text } = await browser.get('/bad');
    expect(status).toBe(500);
    expect(text).toContain(message);
    expect(store.countOf('replace')).toBe(0);
    expect((await browser.get('/')).body).not.toHaveProperty('other');
  });
});

it.each<[string, unknown, unknown, string]>([
  ['an empty object that became a Map', {}, new Map([[1, 2]]), ' cannot be stored: it is a Map'],
  [
    'the same further down',
    { tags: [{}] },
    { tags: [new Set(['tea'])] },
    '.tags[0] cannot be stored: it is a Set',
  ],
  ['null that became NaN', { n: null }, { n: Number.NaN }, '.n cannot be stored: it is NaN'],
  [
    'nothing that became a function',
    { n: 1 },
    { n: 1, add: () => 1 },
    '.add cannot be stored: it is a function',
  ],
])(
  'an attribute that cannot be stored is refused even if its JSON would be the same: %s',
  async (_what, before, after, message) => {
    const server = await startServer({}, (request, response) => {
      request.session['seen'] = request.url === '/bad' ? after : before;
      response.end('stored');
    });
    const browser = server.browser();
    await browser.get('/');
    const { status, text } = await browser.get('/bad');
    expect([status, text]).toEqual([500, expect.stringContaining(`session.seen${message}`)]);
  },
);

it('an assigned session with a __proto__ key is refused, too', async () => {
  const server = await startServer({}, (request, response) => {
    Reflect.set(request, 'session', JSON.parse('{"__proto__":{"isAdmin":true},"label":"x"}'));
    response.end('stored');
  });
  const { status, text } = await server.browser().get('/');
  expect([status, text]).toEqual([
    500,
    expect.stringContaining('session.__proto__ cannot be stored: it is a __proto__ key'),
  ]);
});

describe('a record from another writer, nested as deeply as can be read,', () => {
  it.each([
    [500, '500 levels'],
    [501, 'none'],
  ])('of %d levels is read and touched: %s', async (levels, seen) => {
    let now = Date.now();
    const store = new ScriptedStore();
    const server = await startServer({ store, clock: () => now }, (request, response) => {
      if (request.url === '/new') request.session['n'] = 1;
      response.end('deep' in request.session ? `${levels} levels` : 'none');
    });
    const browser = server.browser();
    await browser.get('/new');
    const id =
      decodeURIComponent(browser.cookie() ?? '')
        .slice('s:'.length)
        .split('.')[0] ?? '';
    const key = createHash('sha256').update(id).digest('base64url');
    const { payload = '', version = '' } = (await store.inner.read(key)) ?? {};
    const deep = { ...JSON.parse(payload), deep: nested(levels) };
    const expiresAt = now + 3_600_000;
    await store.inner.replace(key, version, { payload: JSON.stringify(deep), expiresAt });
    now += 120_000; // a touch is due
    expect(await browser.get('/')).toMatchObject({ status: 200, text: seen });
  });
});

describe('a cookie that cannot be sent', () => {
  it.each([
    ['maxAge', Number.NaN, 'not a time that a date can hold'],
    ['maxAge', Number.POSITIVE_INFINITY, 'not a time that a date can hold'],
    ['maxAge', 1e300, 'not a time that a date can hold'],
    ['path', '/a; b', 'not a valid cookie path'],
    ['domain', 'a b', 'not a valid cookie domain'],
    ['sameSite', 'sometimes', "not one of true, false, 'lax', 'strict' and 'none'"],
    ['priority', 5, "not one of 'low', 'medium' and 'high'"],
  ])('is an error that names it, and nothing is written: %s = %p', async (attribute, value, is) => {
    const store = new ScriptedStore();
    const server = await startServer({ store }, (request, response) => {
      request.session['label'] = 'x';
      Reflect.set(request.session.cookie, attribute, value);
      response.end('sent');
    });
    const { status, text, setCookies } = await server.browser().get('/');
    expect(status).toBe(500);
    expect(text).toContain(
      `session.cookie.${attribute} cannot be stored: it is ${is}. Give the cookie`,
    );
    expect(setCookies).toEqual([]);
    expect(store.countOf('create')).toBe(0);
  });
});

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}
