import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { deferred } from '../../support/deferred.js';
import { edgeSettingsOf, SECRET, settingsOf } from '../settings-of.js';
import { accept, problemsOf, rejectionOf } from './problems-of.js';

const AWAIT_FIRST =
  'is a promise; await it first, in the useFactory of SessionModule.forRootAsync()';

class Getters {
  get secret(): string {
    return SECRET;
  }
  get secure(): boolean {
    return true;
  }
  get trustedOrigins(): string[] {
    return ['https://app.example'];
  }
}

/** Like a configuration that validates some values, and has the others as they are. */
class HalfGetters extends Getters {
  name = 'own.sid';
  path = '/app';
  exclude = ['/callback'];
}

class OwnProperties {
  secure = true;
}

const request = new IncomingMessage(new Socket());

/** What nothing can be read from, and how an error describes it. */
const UNREADABLE: [string, object, string][] = [
  ['a Promise', Promise.resolve({ secret: SECRET }), AWAIT_FIRST],
  ['a Map', new Map([['secret', SECRET]]), 'is a Map; give'],
  ['a Set', new Set([SECRET]), 'is a Set; give'],
  ['a Date', new Date(), 'is a Date; give'],
  ['an object whose options are getters', new Getters(), 'is a Getters; give'],
  ['an object of a class without a name', new (class extends Getters {})(), 'is an object; give'],
  ['an array', [{ secret: SECRET }], 'is an array; give'],
];

describe.each(UNREADABLE)('%s is refused', (_what, value, found) => {
  it('as the options', () => {
    const [problem, ...others] = rejectionOf(value).problems;
    expect(problem).toEqual({ path: 'options', problem: expect.stringContaining(found) });
    expect(others).toEqual([]);
  });

  it.each(['cookie', 'crossOrigin'])('as %s', (path) => {
    const problem = expect.stringContaining(found);
    expect(problemsOf({ [path]: value })).toEqual([{ path, problem }]);
  });
});

describe('options that an object only inherits are refused', () => {
  const problem =
    'is no property of the object itself, but a getter of its class, say; give a plain object';

  it('beside those that it has itself', () => {
    const { problems } = rejectionOf(new HalfGetters());
    expect(problems).toContainEqual({ path: 'secret', problem });
  });

  it.each([
    ['cookie', { name: 'a.sid' }, 'cookie.secure'],
    ['crossOrigin', {}, 'crossOrigin.trustedOrigins'],
  ])('in %s', (option, others, path) => {
    expect(problemsOf({ ...others, [option]: new HalfGetters() })).toContainEqual({
      path,
      problem,
    });
  });
});

describe('options are read', () => {
  it.each<[string, object]>([
    ['an object without a prototype', Object.assign(Object.create(null), { secure: true })],
    ['an empty object', {}],
    ['an empty object without a prototype', Object.create(null)],
    ['an object of a class with properties of its own', new OwnProperties()],
  ])('from %s', (_what, cookie) => {
    accept({ cookie });
    expect(cookieFrom(() => cookie)).toMatchObject({ secure: 'secure' in cookie || 'auto' });
  });
});

describe('a cookie function', () => {
  it.each<[string, () => unknown, string]>([
    [
      'an async function',
      async () => ({ sameSite: 'strict' }),
      'returned a promise; return the attributes themselves, and have ready beforehand what it waits for',
    ],
    ['nothing', () => undefined, 'returned missing; return an object of cookie attributes'],
    ['a Map', () => new Map(), 'returned a Map; return an object of cookie attributes'],
    ['an array', () => [], 'returned an empty array; return an object of cookie attributes'],
    ['getters', () => new Getters(), 'returned a Getters; return an object of cookie attributes'],
  ])('is told what it returned: %s', (_what, cookie, problem) => {
    expect(() => cookieFrom(cookie)).toThrow(
      expect.objectContaining({ problems: [{ path: 'cookie()', problem }] }),
    );
  });

  it('is refused what it returned even after attributes that look like it as JSON', () => {
    const answers = [
      {},
      Promise.resolve({}),
      { maxAge: null },
      { maxAge: NaN },
      { secure: () => 1 },
    ];
    const { cookieFor } = edgeSettingsOf({ cookie: () => Object(answers.shift()) });
    cookieFor(request);
    expect(() => cookieFor(request)).toThrow('returned a promise');
    cookieFor(request);
    expect(() => cookieFor(request)).toThrow('cookie().maxAge: is NaN');
    expect(() => cookieFor(request)).toThrow('cookie().secure: is a function');
  });
});

describe('a promise that a function of the options may not return', () => {
  it.each<[string, (promise: Promise<never>) => void]>([
    ['cookie', (promise) => cookieFrom(() => promise)],
    ['genid', (promise) => idFrom(() => promise)],
    ['crossOrigin.trustedOrigins', (promise) => crossOriginOf('trusted', () => promise)],
    ['crossOrigin.exclude', (promise) => crossOriginOf('excluded', () => promise)],
  ])('does not end the process when it rejects: %s', async (_option, use) => {
    const { promise, reject } = deferred<never>();
    expect(() => use(promise)).toThrow('a promise');
    const rejections: unknown[] = [];
    const note = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', note);
    reject(new Error('no attributes'));
    // Node reports a rejection when the microtasks are done, before it goes on to what is set for later.
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a promise', Promise.resolve('id'), 'what it returned is a promise.'],
    ['an object', { id: 1 }, 'what it returned is an object.'],
    ['nothing', undefined, 'what it returned is missing.'],
  ])('is named, as is any other id that is none: %s', (_what, id, message) => {
    expect(() => idFrom(() => id)).toThrow(message);
  });
});

it('a promise in place of any option is answered with what to do', () => {
  const promise = Promise.resolve(SECRET);
  for (const path of ['secret', 'name', 'store', 'idleTimeout', 'rolling', 'genid', 'limit']) {
    expect(problemsOf({ [path]: promise })).toContainEqual({ path, problem: AWAIT_FIRST });
  }
});

/** The attributes that this function leads to, written as a JavaScript user would. */
function cookieFrom(cookie: () => unknown): unknown {
  const options = { cookie: () => ({}) };
  Reflect.set(options, 'cookie', cookie);
  return edgeSettingsOf(options).cookieFor(request);
}

function idFrom(genid: () => unknown): unknown {
  const options = { genid: () => '' };
  Reflect.set(options, 'genid', genid);
  return edgeSettingsOf(options).generateId(request);
}

function crossOriginOf(part: 'trusted' | 'excluded', answer: () => unknown): unknown {
  const crossOrigin = { trustedOrigins: () => true, exclude: () => true };
  Reflect.set(crossOrigin, part === 'trusted' ? 'trustedOrigins' : 'exclude', answer);
  const ask = settingsOf({ crossOrigin }).crossOrigin?.[part];
  return typeof ask === 'function' ? ask('https://app.example') : ask;
}
