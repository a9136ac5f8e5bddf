import type { StoreMethod } from '../support/recording-store.js';
import type { Handler, Scenario, Step } from '../support/scenario.js';
import { again, known, recordOf } from './parts.js';
import { count, shown, standardApplication } from './standard-application.js';

const told = (error: unknown): string => (error ? 'an error' : 'no error');

/** A record that stands in the store under `known`, whatever it is. */
function holding(name: string, record: unknown, more: Partial<Step> = {}): Scenario {
  return {
    name: `a record that ${name}`,
    requests: [
      { ...known('/look'), before: ({ store }) => store.seed('known', record), ...more },
      again('/count'),
    ],
  };
}

const failing = (method: StoreMethod, path: string, error?: Error): Step =>
  known(path, {
    before: (world) => {
      known('/').before?.(world);
      world.store.fail(method, error);
    },
  });

const mended = (path: string): Step => ({ ...again(path), before: ({ store }) => store.mend() });

/** Calls a method of the session whose store fails. */
const calling: Handler = (request, response, world) => {
  const done = (error: unknown): unknown => response.end(told(error));
  switch (request.url) {
    case '/save':
      count(request);
      return request.session.save(done);
    case '/reload':
      return request.session.reload(done);
    case '/end':
      return request.session.destroy(done);
    case '/regenerate':
      return request.session.regenerate(done);
    case '/stream':
      count(request);
      response.write('one ');
      return setImmediate(() => response.end('two'));
    case '/late':
      response.write('one ');
      count(request);
      return response.end('two');
    case '/redirect':
      count(request);
      return response.writeHead(302, { Location: '/look' }).end();
    default:
      return standardApplication(request, response, world);
  }
};

function failure(name: string, method: StoreMethod, path: string): Scenario {
  return { name, handle: calling, requests: [failing(method, path), mended('/look')] };
}

const past = new Date(0).toISOString();

export const stores: readonly Scenario[] = [
  holding('has no cookie', { count: 4 }),
  holding('has null for a cookie', { cookie: null, count: 4 }),
  holding('has a text for a cookie', { cookie: 'text', count: 4 }),
  holding('has a number for a cookie', { cookie: 7, count: 4 }),
  holding('has an array for a cookie', { cookie: [], count: 4 }),
  holding('has an empty cookie', { cookie: {}, count: 4 }),
  holding('is null', null),
  holding('is an array', []),
  holding('is a text', '"text"'),
  holding('is a number', 7),
  holding('is not JSON', '{"cookie":'),
  holding('is empty', ''),
  holding('has expired', recordOf({ count: 4 }, { originalMaxAge: 1_000, expires: past })),
  holding(
    'has an expiry that is no date',
    recordOf({ count: 4 }, { originalMaxAge: 60_000, expires: 'soon' }),
  ),
  holding('has a lifetime that is no number', recordOf({ count: 4 }, { originalMaxAge: 'long' })),
  holding(
    'has attributes of a cookie that nobody knows',
    recordOf({ count: 4 }, { flavour: 'oat' }),
  ),
  holding(
    'has a __proto__ key',
    '{"cookie":{"originalMaxAge":null,"path":"/"},"__proto__":{"admin":true},"count":4}',
  ),
  holding(
    'has a __proto__ key deep inside',
    '{"cookie":{"originalMaxAge":null,"path":"/"},"a":{"__proto__":{"admin":true}},"count":4}',
  ),
  holding(
    'has attributes with the names of methods',
    recordOf({ count: 4, save: 'me', id: 'chosen', req: 1 }),
  ),
  holding('express-session wrote', recordOf({ count: 4 })),
  holding('express-session wrote, with a lifetime', undefined, {
    before: ({ store }) => {
      const expires = new Date(Date.now() + 60_000).toISOString();
      store.seed('known', recordOf({ count: 4 }, { originalMaxAge: 60_000, expires }));
    },
  }),
  holding(
    'was written with other cookie attributes',
    recordOf({ count: 4 }, { path: '/old', httpOnly: false, sameSite: 'strict' }),
  ),
  failure('get fails', 'get', '/look'),
  { ...failure('get fails, with unset keep', 'get', '/look'), options: { unset: 'keep' } },
  { ...holding('has no cookie, with unset keep', { count: 4 }), options: { unset: 'keep' } },
  failure('get fails, and the session is not looked at', 'get', '/untouched'),
  failure('set fails at the end', 'set', '/count'),
  failure('set fails behind a redirect', 'set', '/redirect'),
  failure('set fails in a stream', 'set', '/stream'),
  failure('set fails for a change in a stream', 'set', '/late'),
  failure('set fails in save()', 'set', '/save'),
  failure('get fails in reload()', 'get', '/reload'),
  failure('destroy fails in destroy()', 'destroy', '/end'),
  failure('destroy fails in regenerate()', 'destroy', '/regenerate'),
  failure('touch fails', 'touch', '/look'),
  {
    name: 'get fails with ENOENT, as file stores tell an absence',
    requests: [
      failing('get', '/count', Object.assign(new Error('no such file'), { code: 'ENOENT' })),
      mended('/look'),
    ],
  },
  {
    name: 'set fails for a new session',
    requests: [
      { path: '/count', before: ({ store }) => store.fail('set') },
      { path: '/look', before: ({ store }) => store.mend() },
    ],
  },
  {
    name: 'destroy fails for req.session = null',
    handle: (request, response, world) => {
      if (request.url === '/look') return standardApplication(request, response, world);
      Reflect.set(request, 'session', null);
      return response.end('signed out');
    },
    requests: [failing('destroy', '/'), mended('/look')],
  },
  {
    name: 'a store that is slower than storeTimeout',
    options: { storeTimeout: 20 },
    before: ({ store }) => store.slowDown(100),
    requests: [known('/look')],
  },
  {
    name: 'a store that says it is disconnected',
    requests: [
      known('/look', {
        before: (world) => {
          known('/').before?.(world);
          world.store.emit('disconnect');
        },
      }),
    ],
  },
  {
    name: 'a store that says it is disconnected, and connected again',
    requests: [
      known('/look', {
        before: (world) => {
          known('/').before?.(world);
          world.store.emit('disconnect');
          world.store.emit('connect');
        },
      }),
    ],
  },
  {
    name: 'a session that was destroyed in the store while the request ran',
    handle: (request, response, world) => {
      if (request.url === '/look') return response.end(shown(request));
      count(request);
      return world.store.destroy('known', () => response.end('done'));
    },
    requests: [known('/'), again('/look')],
  },
  {
    name: 'a session that another request changed while this one ran',
    handle: (request, response, world) => {
      if (request.url === '/look') return response.end(shown(request));
      count(request);
      world.store.seed('known', { ...Object(world.store.contents()['known']), other: 1 });
      return response.end('done');
    },
    requests: [known('/'), again('/look')],
  },
  {
    name: 'the calls of a store for an unchanged session',
    exactly: ['no-touch'],
    requests: [known('/look')],
  },
  {
    name: 'the calls of a store for a changed session',
    exactly: ['look-before-write'],
    requests: [known('/count')],
  },
  {
    name: 'the calls of a store for a new session',
    exactly: ['look-before-write'],
    requests: ['/count'],
  },
  {
    name: 'the calls of a store for a session that is not stored and ends',
    exactly: ['nothing-to-destroy'],
    requests: ['/destroy'],
  },
  {
    name: 'the expiry that a store is told for a cookie without a lifetime',
    exactly: ['stored-expiry'],
    requests: ['/count'],
  },
];
