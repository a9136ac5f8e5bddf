import { inspect } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { ConsoleLogger } from '@nestjs/common';
import session from 'express-session';
import { Cluster, Redis } from 'ioredis';
import { createSessionMiddleware, InvalidSessionOptionsException } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { accept, problemsOf, rejectionOf } from './problems-of.js';

const SECRET_REMEDY =
  'give a random string (`openssl rand -base64 32` makes one) or a Buffer, or an array of them: the first signs, all verify. It belongs in the environment, not in the code';
const DURATION_REMEDY =
  "give milliseconds as a number above zero, or a number and a unit, such as '90s', '30m', '12h' or '7d'";
const DURATION_OR_ZERO_REMEDY =
  "give 0, milliseconds as a number, or a number and a unit, such as '500ms', '10s' or '1m'";
const HOST_REMEDY =
  "a __Host- name needs cookie.secure: true, cookie.path: '/' and no cookie.domain";
const NAME_REMEDY = "give a cookie name: letters, digits and any of !#$%&'*+-.^_`|~";
const STORE_REMEDY =
  'give a session store: a Sesame store, or an express-session Store with get, set and destroy';
const FLAG_REMEDY = 'give true or false';
const COOKIE_REMEDY = 'give an object of cookie attributes, or a function (request) => attributes';

function choice(...choices: string[]): string {
  return `give one of ${choices.join(', ')}`;
}

describe('a secret', () => {
  it.each<[string, object, string]>([
    ['is missing', {}, 'is missing (is the environment variable set?)'],
    ['is undefined', { secret: undefined }, 'is missing (is the environment variable set?)'],
    ['is empty', { secret: '' }, 'is an empty string (is the environment variable set?)'],
    ['is an empty array', { secret: [] }, 'is missing (is the environment variable set?)'],
    [
      'is an array with an empty string',
      { secret: ['the first', ''] },
      'is an array with an entry that is an empty string (is the environment variable set?)',
    ],
    ['is null', { secret: null }, 'is null'],
    ['is a number', { secret: 12_345 }, 'is a number'],
    ['is an empty Buffer', { secret: Buffer.alloc(0) }, 'is an empty Buffer'],
    [
      'is an array with a number',
      { secret: ['the first', 2] },
      'is an array with an entry that is a number',
    ],
    [
      'is an array with an entry that is not set',
      { secret: [undefined, 'the second'] },
      'is an array with an entry that is missing (is the environment variable set?)',
    ],
  ])('is refused when it %s', (_what, options, found) => {
    const { problems } = rejectionOf(options);
    expect(problems).toEqual([{ path: 'secret', problem: `${found}; ${SECRET_REMEDY}` }]);
  });

  it('is accepted as a string, as a Buffer, or as an array of them', () => {
    accept({ secret: 'the first secret of thirty-two letters' });
    accept({ secret: Buffer.alloc(32, 'bytes') });
    accept({
      secret: ['the first secret of thirty-two letters', 'an older one of thirty-two letters'],
    });
  });

  it('is never shown in a message', () => {
    const secret = 'correct horse battery staple';
    const shown = [
      rejectionOf({ secret: [secret, ''], name: secret, cookie: secret, store: secret }),
      rejectionOf({ secret: { secret }, idleTimeout: secret, cookie: { path: secret } }),
      rejectionOf(secret),
    ].map((error) => JSON.stringify([error.message, error.problems, error.getResponse()]));
    for (const text of shown) expect(text).not.toContain(secret);
  });
});

describe('the options as a whole', () => {
  it.each([
    [undefined, 'missing'],
    [null, 'null'],
    ['keyboard cat', 'a string'],
    [5, 'a number'],
  ])('are refused when they are %p', (options, found) => {
    expect(rejectionOf(options).problems).toEqual([
      {
        path: 'options',
        problem: `is ${found}; give an object with at least a secret, as in SessionModule.forRoot({ secret })`,
      },
    ]);
  });
});

describe('a cookie that browsers refuse is refused', () => {
  const INSECURE: [string, object][] = [
    ["secure: 'auto' by default", {}],
    ["secure: 'auto'", { secure: 'auto' }],
    ['secure: false', { secure: false }],
  ];

  it.each(INSECURE)('SameSite=None with %s', (_what, cookie) => {
    expect(problemsOf({ cookie: { ...cookie, sameSite: 'none' } })).toEqual([
      {
        path: 'cookie.sameSite',
        problem:
          "is 'none'; SameSite=None needs cookie.secure: true, or browsers refuse the cookie",
      },
    ]);
  });

  it.each(INSECURE)('Partitioned with %s', (_what, cookie) => {
    expect(problemsOf({ cookie: { ...cookie, partitioned: true } })).toEqual([
      {
        path: 'cookie.partitioned',
        problem: 'is true; Partitioned needs cookie.secure: true, or browsers refuse the cookie',
      },
    ]);
  });

  it.each<[string, string, object]>([
    ['without Secure', '__Host-sid', { secure: false }],
    ["with secure: 'auto'", '__Host-sid', { secure: 'auto' }],
    ['with a path', '__Host-sid', { secure: true, path: '/app' }],
    ['with a domain', '__Host-sid', { secure: true, domain: 'example.com' }],
    ['in lower case', '__host-sid', {}],
    ['in upper case', '__HOST-sid', { secure: true, path: '/app' }],
  ])('__Host- %s', (_what, name, cookie) => {
    expect(problemsOf({ name, cookie })).toEqual([
      { path: 'name', problem: `is '${name}'; ${HOST_REMEDY}` },
    ]);
  });

  it.each(['__Host-sid', '__Secure-sid', '__Http-sid', '__Host-Http-sid', '__HOST-HTTP-sid'])(
    '%s together with a cookie function',
    (name) => {
      expect(problemsOf({ name, cookie: () => ({ secure: true }) })).toEqual([
        {
          path: 'name',
          problem: `is '${name}'; a __Host-Http-, __Host-, __Http- or __Secure- name cannot be used with a cookie function, whose result is not known at boot; give cookie as an object`,
        },
      ]);
    },
  );

  it.each<[string, string, object]>([
    ['without Secure', '__Http-sid', {}],
    ["with secure: 'auto'", '__Http-sid', { secure: 'auto' }],
    ['that scripts may read', '__Http-sid', { secure: true, httpOnly: false }],
    ['in lower case', '__http-sid', {}],
    ['in upper case', '__HTTP-sid', { secure: true, httpOnly: false }],
  ])('__Http- %s', (_what, name, cookie) => {
    const problem = 'a __Http- name needs cookie.secure: true and cookie.httpOnly: true';
    expect(problemsOf({ name, cookie })).toEqual([
      { path: 'name', problem: `is '${name}'; ${problem}` },
    ]);
  });

  it.each<[string, string, object]>([
    ['without Secure', '__Host-Http-sid', {}],
    ['that scripts may read', '__Host-Http-sid', { secure: true, httpOnly: false }],
    ['with a path', '__Host-Http-sid', { secure: true, path: '/app' }],
    ['with a domain', '__Host-Http-sid', { secure: true, domain: 'example.com' }],
    ['in mixed case', '__hOST-hTTP-sid', { secure: true, httpOnly: false }],
  ])('__Host-Http- %s', (_what, name, cookie) => {
    const problem =
      "a __Host-Http- name needs cookie.secure: true, cookie.httpOnly: true, cookie.path: '/' and no cookie.domain";
    expect(problemsOf({ name, cookie })).toEqual([
      { path: 'name', problem: `is '${name}'; ${problem}` },
    ]);
  });

  it.each(['__Secure-sid', '__secure-sid', '__SECURE-sid'])('%s without Secure', (name) => {
    expect(problemsOf({ name })).toEqual([
      { path: 'name', problem: `is '${name}'; a __Secure- name needs cookie.secure: true` },
    ]);
  });

  it.each<[string, object]>([
    ['SameSite=None; Secure', { cookie: { sameSite: 'none', secure: true } }],
    ['Partitioned; Secure', { cookie: { partitioned: true, secure: true } }],
    ['partitioned: false', { cookie: { partitioned: false } }],
    ['__Host-; Secure; Path=/', { name: '__Host-sid', cookie: { secure: true } }],
    [
      '__Secure-; Secure with a path and a domain',
      { name: '__Secure-sid', cookie: { secure: true, path: '/app', domain: 'example.com' } },
    ],
    ['a name with a prefix inside', { name: 'my__Host-sid' }],
    [
      '__Host-; Secure that scripts may read',
      { name: '__Host-sid', cookie: { secure: true, httpOnly: false } },
    ],
    [
      '__Http-; Secure; HttpOnly with a path and a domain',
      { name: '__Http-sid', cookie: { secure: true, path: '/app', domain: 'example.com' } },
    ],
    [
      '__Host-Http-; Secure; HttpOnly; Path=/',
      { name: '__Host-Http-sid', cookie: { secure: true } },
    ],
    ['__Https-', { name: '__Https-sid' }],
  ])('but not %s', (_what, options) => {
    expect(() => accept(options)).not.toThrow();
  });
});

describe('a timeout', () => {
  it('for idleness is refused when it is longer than the absolute timeout', () => {
    const problem =
      'idleTimeout must not be longer than absoluteTimeout; shorten it, or set absoluteTimeout to null for no limit';
    expect(problemsOf({ idleTimeout: '2h', absoluteTimeout: '1h' })).toEqual([
      { path: 'idleTimeout', problem: `is '2h'; ${problem}` },
    ]);
    expect(problemsOf({ idleTimeout: 43_200_001 })).toEqual([
      { path: 'idleTimeout', problem: `is 43200001; ${problem}` },
    ]);
  });

  it('for idleness may be as long as the absolute timeout, or of any length without one', () => {
    accept({ idleTimeout: '60m', absoluteTimeout: '1h' });
    accept({ idleTimeout: '365d', absoluteTimeout: null });
  });

  const NO_DURATIONS: [unknown, string][] = [
    [-1, '-1'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['-5m', "'-5m'"],
    ['5 parsecs', "'5 parsecs'"],
    ['7 days', "'7 days'"],
    ['five parsecs and a bit more', 'a string'],
    ['5\n', "'5\\u{a}'"],
    ['30', "'30'"],
    ['', 'an empty string'],
    [true, 'true'],
    [['5m'], 'an array'],
  ];
  const DURATIONS: [string, string, (duration: unknown) => object][] = [
    ['idleTimeout', DURATION_REMEDY, (idleTimeout) => ({ idleTimeout })],
    [
      'absoluteTimeout',
      `${DURATION_REMEDY}, or null for no limit`,
      (absoluteTimeout) => ({ absoluteTimeout }),
    ],
    ['storeTimeout', DURATION_REMEDY, (storeTimeout) => ({ storeTimeout })],
    [
      'cookie.maxAge',
      `${DURATION_REMEDY}, or null for a cookie that ends with the browser`,
      (maxAge) => ({ cookie: { maxAge } }),
    ],
  ];

  describe.each(DURATIONS)('%s', (path, remedy, options) => {
    it.each<[unknown, string]>([[0, '0'], ['0s', "'0s'"], ...NO_DURATIONS])(
      'is refused when it is %p',
      (duration, found) => {
        expect(problemsOf(options(duration))).toEqual([
          { path, problem: `is ${found}; ${remedy}` },
        ]);
      },
    );

    it('is told its limit when it is only too long', () => {
      const problem = "is '200000d'; it must not be longer than 100,000 days";
      expect(problemsOf(options('200000d'))).toEqual([{ path, problem }]);
    });
  });

  it('may be null if it is absoluteTimeout or cookie.maxAge', () => {
    accept({ absoluteTimeout: null, cookie: { maxAge: null } });
  });

  it.each<[unknown, string]>(NO_DURATIONS)(
    'touchInterval is refused when it is %p, but not when it is 0',
    (touchInterval, found) => {
      expect(problemsOf({ touchInterval })).toEqual([
        { path: 'touchInterval', problem: `is ${found}; ${DURATION_OR_ZERO_REMEDY}` },
      ]);
      accept({ touchInterval: 0 });
    },
  );
});

describe('in place of a store', () => {
  class OwnStore {
    get(): void {}
    set(): void {}
  }
  function OldStore(): void {}
  OldStore.prototype.get = OldStore.prototype.set = () => undefined;
  const methods = (...names: string[]): object =>
    Object.fromEntries(names.map((name) => [name, () => undefined]));

  it.each<[string, unknown, string]>([
    [
      'a class',
      RedisSessionStore,
      'is the class RedisSessionStore; write store: new RedisSessionStore(...)',
    ],
    ["an application's class", OwnStore, 'is the class OwnStore; write store: new OwnStore(...)'],
    [
      'a class compiled to a function',
      OldStore,
      'is the class OldStore; write store: new OldStore(...)',
    ],
    [
      'a function that makes a store',
      () => new session.MemoryStore(),
      'is a function; call it, and give the store that it makes',
    ],
    [
      'a promise',
      Promise.resolve(new session.MemoryStore()),
      'is a promise; await it first, in the useFactory of SessionModule.forRootAsync()',
    ],
    [
      'an ioredis client',
      new Redis({ lazyConnect: true }),
      "is an ioredis client; write store: new RedisSessionStore({ client }), with RedisSessionStore from 'nestjs-sesame/redis'",
    ],
    [
      'an ioredis cluster',
      new Cluster([{ port: 1 }], { lazyConnect: true }),
      "is an ioredis client; write store: new RedisSessionStore({ client }), with RedisSessionStore from 'nestjs-sesame/redis'",
    ],
    [
      'a node-redis client, which has the methods of a store',
      methods('get', 'set', 'destroy', 'sendCommand', 'evalSha'),
      "is a node-redis client; write store: new RedisSessionStore({ client }), with RedisSessionStore from 'nestjs-sesame/redis'",
    ],
  ])('%s is answered with what to write', (_what, store, problem) => {
    expect(problemsOf({ store })).toEqual([{ path: 'store', problem }]);
  });
});

describe('a limit', () => {
  it.each<[unknown, string]>([
    [5, '5'],
    [{ max: 0, onExceed: 'reject' }, "{ max: 0, onExceed: 'reject' }"],
    [{ max: 1.5, onExceed: 'evict' }, "{ max: 1.5, onExceed: 'evict' }"],
    [{ max: '5' }, "{ max: '5', onExceed: missing }"],
    [{ max: () => 5, onExceed: null }, '{ max: a function, onExceed: null }'],
  ])('is refused when it is %p', (limit, found) => {
    const remedy =
      "give { max, onExceed }: a whole number above zero or a function of the user id, and 'evict-oldest' or 'reject'";
    expect(problemsOf({ limit })).toEqual([{ path: 'limit', problem: `is ${found}; ${remedy}` }]);
  });
});

describe('the keys of encryption', () => {
  const KEY = 'a key of thirty-two characters or more';
  const REMEDY =
    'give { keys: [...] } with at least one random string of 32 characters or more (`openssl rand -base64 32` makes one), or Buffer of as many bytes';

  it.each<[string, unknown, string]>([
    ['are missing', {}, 'is an object'],
    ['are no object', KEY, 'is a string'],
    [
      'are an empty array',
      { keys: [] },
      'is an object whose keys are missing (is the environment variable set?)',
    ],
    [
      'are not all set',
      { keys: [KEY, undefined] },
      'is an object whose keys are an array with an entry that is missing (is the environment variable set?)',
    ],
    ['are short', { keys: [KEY, 'short'] }, 'is an object with a key that is too short'],
    ['are few bytes', { keys: [Buffer.alloc(31)] }, 'is an object with a key that is too short'],
  ])('are refused when they %s', (_what, encryption, found) => {
    expect(problemsOf({ encryption })).toEqual([
      { path: 'encryption', problem: `${found}; ${REMEDY}` },
    ]);
  });

  it('are accepted as strings and as Buffers', () => {
    accept({ encryption: { keys: [KEY, Buffer.alloc(32)] } });
  });
});

describe('the error for invalid options', () => {
  const error = rejectionOf({ secret: '', idleTimeout: '7 days', touchInterval: -1 });

  it('prints each problem once, with its value, and nothing that Nest keeps in the error', () => {
    for (const shown of [inspect(error), printedByNest(error)]) {
      expect(shown).toContain("  - idleTimeout: is '7 days'; give milliseconds");
      expect(shown.split('idleTimeout')).toHaveLength(2);
      expect(shown).toContain('  - touchInterval: is -1; give 0, milliseconds');
      expect(shown).toContain('is an empty string (is the environment variable set?)');
      expect(shown).not.toMatch(/status|response|errorCode|cause|options: |Internal server error/);
    }
  });

  it('still exposes the problems, and can answer a request', () => {
    expect(error.problems).toHaveLength(3);
    expect(error.getStatus()).toBe(500);
    expect(error.getResponse()).toEqual({ statusCode: 500, message: 'Internal server error' });
  });
});

/** What Nest prints of an error that stops the application at boot. */
function printedByNest(error: Error): string {
  const printed: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  new ConsoleLogger({ colors: false }).error(error);
  write.mockRestore();
  return printed.join('');
}

describe('an unknown option', () => {
  it.each<[string, object, string]>([
    ['sceret', { sceret: 'x' }, 'is not an option; did you mean secret?'],
    ['idleTimout', { idleTimout: '5m' }, 'is not an option; did you mean idleTimeout?'],
    ['Rolling', { Rolling: true }, 'is not an option; did you mean rolling?'],
    ['saveUninitialised', { saveUninitialised: true }, 'did you mean saveUninitialized?'],
    ['key', { key: 'sid' }, 'is not an option; did you mean name?'],
    ['ttl', { ttl: 60_000 }, 'is not an option; did you mean idleTimeout?'],
    ['maxAge', { maxAge: 60_000 }, 'it belongs in the cookie option: cookie.maxAge'],
    ['sameSite', { sameSite: 'lax' }, 'it belongs in the cookie option: cookie.sameSite'],
  ])('%s is answered with the nearest name', (path, options, problem) => {
    expect(problemsOf(options)).toEqual([{ path, problem: expect.stringContaining(problem) }]);
  });

  it('that resembles no other is answered with the list of options', () => {
    expect(problemsOf({ withCheeseOnTop: true })).toEqual([
      {
        path: 'withCheeseOnTop',
        problem: expect.stringMatching(
          /^is not an option; the options are secret, name, cookie, store, /,
        ),
      },
    ]);
  });

  it.each<[string, object, string]>([
    ['cookie.samesite', { samesite: 'lax' }, 'is not an option; did you mean cookie.sameSite?'],
    ['cookie.httponly', { httponly: true }, 'is not an option; did you mean cookie.httpOnly?'],
    ['cookie.expires', { expires: new Date() }, 'is not an option; did you mean cookie.maxAge?'],
  ])('%s of the cookie is answered with the nearest name', (path, cookie, problem) => {
    expect(problemsOf({ cookie })).toEqual([{ path, problem }]);
  });

  it('is refused even if every object has a property of that name', () => {
    expect(problemsOf({ toString: () => 'x' })).toEqual([
      { path: 'toString', problem: expect.stringContaining('is not an option; the options are') },
    ]);
  });

  it.each<[string, object]>([
    ['forRoutes', { forRoutes: ['*'] }],
    ['exclude', { exclude: ['/health'] }],
    ['isGlobal', { isGlobal: false }],
    ['loadUser', { loadUser: () => undefined }],
  ])('%s of the module alone is none of the middleware, and told where it belongs', (path, one) => {
    const problem = expect.stringMatching(/^is not an option; it belongs to SessionModule/);
    expect(problemsOf(one)).toEqual([{ path, problem }]);
  });
});

describe('a value of the wrong type is refused', () => {
  it.each<[string, object, string]>([
    ['name', { name: 5 }, `is 5; ${NAME_REMEDY}`],
    ['name', { name: '' }, `is an empty string; ${NAME_REMEDY}`],
    ['name', { name: 'my sid' }, `is 'my sid'; ${NAME_REMEDY}`],
    ['name', { name: 'sid;x' }, `is 'sid;x'; ${NAME_REMEDY}`],
    ['name', { name: 'sid=x' }, `is 'sid=x'; ${NAME_REMEDY}`],
    ['cookie', { cookie: 'secure' }, `is 'secure'; ${COOKIE_REMEDY}`],
    ['cookie', { cookie: true }, `is true; ${COOKIE_REMEDY}`],
    ['cookie', { cookie: null }, `is null; ${COOKIE_REMEDY}`],
    ['cookie', { cookie: [] }, `is an empty array; ${COOKIE_REMEDY}`],
    ['idleTimeout', { idleTimeout: null }, `is null; ${DURATION_REMEDY}`],
    ['touchInterval', { touchInterval: null }, `is null; ${DURATION_OR_ZERO_REMEDY}`],
    ['storeTimeout', { storeTimeout: null }, `is null; ${DURATION_REMEDY}`],
    ['rolling', { rolling: 'yes' }, `is 'yes'; ${FLAG_REMEDY}`],
    ['saveUninitialized', { saveUninitialized: 1 }, `is 1; ${FLAG_REMEDY}`],
    ['hashIds', { hashIds: 'sha256' }, `is 'sha256'; ${FLAG_REMEDY}`],
    ['proxy', { proxy: 'loopback' }, `is 'loopback'; ${FLAG_REMEDY}`],
    ['resave', { resave: 0 }, `is 0; ${FLAG_REMEDY}`],
    ['unset', { unset: 'forget' }, `is 'forget'; ${choice('"destroy"', '"keep"')}`],
    [
      'onStoreFailure',
      { onStoreFailure: 'ignore' },
      `is 'ignore'; ${choice('"reject"', '"anonymous"')}`,
    ],
    ['genid', { genid: 'uuid' }, "is 'uuid'; give a function: (request) => string"],
    ['clock', { clock: 5 }, 'is 5; give a function: () => number'],
    ['store', { store: 'redis' }, `is a string; ${STORE_REMEDY}`],
    ['store', { store: {} }, `is an object; ${STORE_REMEDY}`],
    ['store', { store: null }, `is null; ${STORE_REMEDY}`],
    ['store', { store: { get: () => 0, set: () => 0 } }, `is an object; ${STORE_REMEDY}`],
    [
      'store',
      { store: { read: () => 0, create: () => 0, replace: () => 0 } },
      `is an object; ${STORE_REMEDY}`,
    ],
    [
      'cookie.path',
      { cookie: { path: 'app' } },
      "is 'app'; give a path that begins with a slash and has no semicolon, such as '/' or '/admin'",
    ],
    [
      'cookie.path',
      { cookie: { path: '/; Secure' } },
      "is '/; Secure'; give a path that begins with a slash and has no semicolon, such as '/' or '/admin'",
    ],
    [
      'cookie.domain',
      { cookie: { domain: 'https://example.com' } },
      "is 'https://example.com'; give a host name such as 'example.com', or leave it out to keep the cookie to one host",
    ],
    [
      'cookie.domain',
      { cookie: { domain: 'example.com; Secure' } },
      "is 'example.com; Secure'; give a host name such as 'example.com', or leave it out to keep the cookie to one host",
    ],
    ['cookie.httpOnly', { cookie: { httpOnly: 'yes' } }, `is 'yes'; ${FLAG_REMEDY}`],
    [
      'cookie.secure',
      { cookie: { secure: 'yes' } },
      `is 'yes'; ${choice('true', 'false', '"auto"')}`,
    ],
    [
      'cookie.sameSite',
      { cookie: { sameSite: 'Lax' } },
      `is 'Lax'; ${choice('true', 'false', '"lax"', '"strict"', '"none"', '"auto"')}`,
    ],
    ['cookie.partitioned', { cookie: { partitioned: 1 } }, `is 1; ${FLAG_REMEDY}`],
    [
      'cookie.priority',
      { cookie: { priority: 'urgent' } },
      `is 'urgent'; ${choice('"low"', '"medium"', '"high"')}`,
    ],
  ])('%s: %p', (path, options, problem) => {
    expect(problemsOf(options)).toEqual([{ path, problem }]);
  });
});

describe('several problems', () => {
  it('are all listed in one exception, each on a line of its own with its path', () => {
    const error = rejectionOf({
      secret: '',
      name: '__Host-sid',
      cookie: { sameSite: 'none', sameSight: 1, maxAge: '5 parsecs' },
      idleTimeout: 0,
      store: {},
      rollign: true,
    });
    const paths = error.problems.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      'cookie.maxAge',
      'cookie.sameSight',
      'cookie.sameSite',
      'idleTimeout',
      'name',
      'rollign',
      'secret',
      'store',
    ]);
    const [title, ...lines] = error.message.split('\n');
    expect(title).toBe('The session options are not valid:');
    expect(lines).toEqual(error.problems.map(({ path, problem }) => `  - ${path}: ${problem}`));
  });

  it('leave nothing half done: the corrected options are accepted', () => {
    const options = { secret: '', rolling: true };
    expect(() => createSessionMiddleware(options)).toThrow(InvalidSessionOptionsException);
    options.secret = 'a secret of more than thirty-two characters';
    expect(() => createSessionMiddleware(options)).not.toThrow();
  });
});
