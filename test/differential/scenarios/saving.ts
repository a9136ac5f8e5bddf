import type { Handler, Scenario } from '../support/scenario.js';
import { again, known, recordOf } from './parts.js';
import { count, shown, standardApplication } from './standard-application.js';

const MAX_AGE = { cookie: { maxAge: 60_000 } };

/** Does this to the request at `/do`; elsewhere the standard application answers. */
function doing(act: (request: Parameters<Handler>[0]) => void): Handler {
  return (request, response, world) => {
    if (request.url !== '/do') return standardApplication(request, response, world);
    act(request);
    return response.end('done');
  };
}

/** The same in a session that is stored and in one that is new. */
function inBoth(
  name: string,
  act: (request: Parameters<Handler>[0]) => void,
  options = {},
): Scenario[] {
  const handle = doing(act);
  return [
    {
      name: `${name}, in a stored session`,
      options,
      handle,
      requests: [known('/do'), again('/look')],
    },
    { name: `${name}, in a new session`, options, handle, requests: ['/do', '/look'] },
  ];
}

const toNull = (request: object): void => void Reflect.set(request, 'session', null);
const toUndefined = (request: object): void => void Reflect.set(request, 'session', undefined);
const deleted = (request: object): void => void Reflect.deleteProperty(request, 'session');

export const saving: readonly Scenario[] = [
  { name: 'an untouched new session', requests: ['/untouched', '/untouched'] },
  { name: 'a new session that is only read', requests: ['/look', '/look'] },
  { name: 'an untouched stored session', requests: [known('/untouched'), again('/look')] },
  { name: 'a stored session that is only read', requests: [known('/look'), again('/look')] },
  { name: 'a session that is unknown to the store', requests: [again('/look'), again('/count')] },
  {
    name: 'saveUninitialized true, untouched',
    options: { saveUninitialized: true },
    requests: ['/untouched', '/untouched', '/look'],
  },
  {
    name: 'saveUninitialized true, read',
    options: { saveUninitialized: true },
    requests: ['/look', '/look'],
  },
  {
    name: 'saveUninitialized true, an unknown session',
    options: { saveUninitialized: true },
    requests: [again('/look')],
  },
  {
    name: 'saveUninitialized true with a maxAge',
    options: { saveUninitialized: true, ...MAX_AGE },
    requests: ['/untouched', '/untouched'],
  },
  {
    name: 'resave true',
    options: { resave: true },
    requests: [known('/untouched'), again('/look')],
  },
  { name: 'rolling, a new session', options: { rolling: true }, requests: ['/count', '/count'] },
  {
    name: 'rolling, a new session that is only read',
    options: { rolling: true },
    requests: ['/look', '/look'],
  },
  {
    name: 'rolling, an unchanged stored session',
    options: { rolling: true },
    requests: [known('/look')],
  },
  {
    name: 'rolling, a changed stored session',
    options: { rolling: true },
    requests: [known('/count')],
  },
  {
    name: 'rolling with a maxAge, a changed stored session',
    options: { rolling: true, ...MAX_AGE },
    requests: ['/count', '/count'],
  },
  {
    name: 'rolling with a maxAge, an unchanged stored session',
    options: { rolling: true, ...MAX_AGE },
    requests: ['/count', '/look'],
  },
  {
    name: 'rolling with saveUninitialized',
    options: { rolling: true, saveUninitialized: true },
    requests: ['/untouched', '/count'],
  },
  {
    name: 'a maxAge, a changed stored session',
    options: MAX_AGE,
    requests: ['/count', '/count', '/count'],
  },
  {
    name: 'a maxAge, an unchanged stored session',
    options: MAX_AGE,
    requests: ['/count', '/look', '/untouched'],
  },
  {
    name: 'a maxAge, an unchanged session that was last used a while ago',
    options: MAX_AGE,
    requests: [
      {
        ...again('/untouched'),
        before: ({ store, side }) => {
          const seenAt = Date.now() - 40_000;
          const metadata = side === 'sesame' ? { _sesame: { seenAt, createdAt: seenAt } } : {};
          const expires = new Date(seenAt + 60_000).toISOString();
          const cookie = { originalMaxAge: 60_000, expires };
          store.seed('known', { ...metadata, ...recordOf({ count: 4 }, cookie) });
        },
      },
    ],
  },
  ...inBoth('req.session = null', toNull),
  ...inBoth('req.session = null with unset keep', toNull, { unset: 'keep' }),
  ...inBoth('req.session = undefined', toUndefined),
  ...inBoth('delete req.session', deleted),
  ...inBoth('delete req.session with unset keep', deleted, { unset: 'keep' }),
  ...inBoth(
    'a value is changed, then req.session = null with unset keep',
    (request) => {
      count(request);
      toNull(request);
    },
    { unset: 'keep' },
  ),
  ...inBoth(
    'req.session = a plain object',
    (request) => void Reflect.set(request, 'session', { count: 7 }),
  ),
  ...inBoth('req.session = false', (request) => void Reflect.set(request, 'session', false)),
  ...inBoth('req.session = a string', (request) => void Reflect.set(request, 'session', 'text')),
  ...inBoth(
    'req.session = itself',
    (request) => void Reflect.set(request, 'session', request.session),
  ),
  ...inBoth(
    'an attribute is set to what it was',
    (request) => void (request.session.count = request.session.count ?? 0),
  ),
  ...inBoth('an attribute is deleted', (request) => void delete request.session.count),
  ...inBoth(
    'an attribute is set to undefined',
    (request) => void Reflect.set(request.session, 'count', undefined),
  ),
  ...inBoth(
    'an attribute is set to null',
    (request) => void Reflect.set(request.session, 'count', null),
  ),
  ...inBoth('an attribute changes inside', (request) => {
    request.session['basket'] = { items: ['tea'], when: new Date(0) };
  }),
  ...inBoth('attributes change places', (request) => {
    const { count: counted } = request.session;
    delete request.session.count;
    request.session['first'] = 1;
    if (counted !== undefined) request.session.count = counted;
  }),
  ...inBoth('a changed attribute changes back', (request) => {
    const before = request.session.count;
    request.session.count = 99;
    if (before === undefined) delete request.session.count;
    else request.session.count = before;
  }),
  ...inBoth('req.sessionID is written', (request) => {
    request.session.count = 1;
    Reflect.set(request, 'sessionID', 'chosen');
  }),
  ...inBoth('an attribute is a function', (request) => void (request.session['f'] = () => 1)),
  ...inBoth(
    'an attribute is a Map',
    (request) => void (request.session['map'] = new Map([['a', 1]])),
  ),
  ...inBoth('an attribute is a BigInt', (request) => void (request.session['big'] = 10n)),
  ...inBoth('an attribute is a cycle', (request) => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    request.session['cycle'] = cycle;
  }),
  ...inBoth('an attribute is NaN', (request) => void (request.session['nan'] = Number.NaN)),
  ...inBoth(
    'an attribute has toJSON',
    (request) => void (request.session['url'] = new URL('http://a/b')),
  ),
  {
    name: 'an attribute changes inside an object that was loaded',
    handle: (request, response) => {
      const items = Reflect.get(Object(request.session['basket']), 'items');
      if (Array.isArray(items)) items.push('milk');
      else request.session['basket'] = { items: ['tea'] };
      response.end(shown(request));
    },
    requests: ['/', '/', '/'],
  },
  {
    name: 'a session that is looked at by spread, keys and JSON',
    handle: (request, response) => {
      const { session } = request;
      session['b'] = 2;
      const { cookie: _cookie, ...spread } = session;
      const parsed: unknown = JSON.parse(JSON.stringify(session));
      response.end(JSON.stringify({ spread, keys: Object.keys(session), parsed }));
    },
    requests: ['/', '/'],
  },
];
