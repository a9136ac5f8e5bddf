import { parse } from 'node:querystring';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  serialiseAttribute,
  serialiseAttributes,
} from '../../../../lib/session/data/attributes.js';
import { UnserialisableAttributeError } from '../../../../lib/session/errors.js';

class Cart {
  constructor(readonly items: readonly string[] = []) {}
}

class Money {
  constructor(private readonly cents: number) {}
  toJSON(): string {
    return `${this.cents / 100} EUR`;
  }
}

/** Writes its own properties: `toJSON()` is not called again on what it returns. */
class Itself {
  readonly name = 'itself';
  toJSON(): this {
    return this;
  }
}

class Names extends Array<string> {}

function* numbers(): Generator<number> {
  yield 1;
}

function throwing(): never {
  throw new Error('it was read');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const IN_NULL = 'which JSON would turn into null';
const EMPTIED = 'which JSON would empty';
const TO_OBJECT = 'which JSON would turn into a plain object';
const BASE64 = "base64 text: Buffer.from(bytes).toString('base64')";
const BY_CLASS = '{ ...object }, or give its class a toJSON()';

const REFUSED: readonly [string, unknown, string, string][] = [
  ['NaN', Number.NaN, `NaN, ${IN_NULL}`, 'null, or a finite number'],
  ['an infinity', -Infinity, `-Infinity, ${IN_NULL}`, 'null, or a finite number'],
  ['an invalid Date', new Date(Number.NaN), `an invalid Date, ${IN_NULL}`, 'null, or a valid date'],
  ['a BigInt', 5n, 'a BigInt', 'String(bigint)'],
  ['a Map', new Map([[1, 2]]), `a Map, ${EMPTIED}`, '[...map]'],
  ['a Set', new Set([1]), `a Set, ${EMPTIED}`, '[...set]'],
  ['a Promise', Promise.resolve(), `a Promise, ${EMPTIED}`, 'what it resolves to: await it first'],
  ['a RegExp', /tea/, `a RegExp, ${EMPTIED}`, 'regexp.source'],
  ['an Error', new Error('x'), `an Error, ${EMPTIED}`, 'error.message'],
  ['an error of a kind', new TypeError('x'), `a TypeError, ${EMPTIED}`, 'error.message'],
  [
    'an error with a code',
    Object.assign(new Error('x'), { code: 'E' }),
    `an Error, ${TO_OBJECT}`,
    'error.message',
  ],
  ['an ArrayBuffer', new ArrayBuffer(2), `an ArrayBuffer, ${EMPTIED}`, BASE64],
  [
    'a DataView',
    new DataView(new ArrayBuffer(2)),
    `a DataView, ${EMPTIED}`,
    "base64 text: Buffer.from(view.buffer).toString('base64')",
  ],
  ['bytes', new Uint8Array([1]), `a Uint8Array, ${TO_OBJECT}`, BASE64],
  ['no bytes', new Uint8Array(), `a Uint8Array, ${EMPTIED}`, BASE64],
  ['a typed array', new Float64Array([1]), `a Float64Array, ${TO_OBJECT}`, '[...iterable]'],
  ['a Buffer', Buffer.from('x'), `a Buffer, ${TO_OBJECT}`, BASE64],
  [
    'URLSearchParams',
    new URLSearchParams('a=1'),
    `a URLSearchParams, ${EMPTIED}`,
    'String(params)',
  ],
  ['Headers', new Headers({ a: '1' }), `a Headers, ${EMPTIED}`, 'Object.fromEntries(headers)'],
  ['FormData', new FormData(), `a FormData, ${EMPTIED}`, 'Object.fromEntries(form)'],
  ['a Blob', new Blob(['x']), `a Blob, ${EMPTIED}`, BY_CLASS],
  ['a generator', numbers(), `a Generator, ${EMPTIED}`, '[...iterable]'],
  ['an iterator', [1].values(), `an Array Iterator, ${EMPTIED}`, '[...iterable]'],
  ['an instance', new Cart(['tea']), `a Cart, ${TO_OBJECT}`, BY_CLASS],
  [
    'an array of a class',
    Names.of('ada'),
    'a Names, which JSON would turn into a plain array',
    '[...iterable]',
  ],
  [
    'an object that inherits from another',
    Object.create({ a: 1 }),
    'an object with a prototype of its own',
    '{ ...object }',
  ],
  ['a boxed number', Object(5), 'a Number, which JSON would unwrap', 'what its valueOf() returns'],
  ['a Date that toJSON() returns', { toJSON: () => new Date(0) }, `a Date, ${EMPTIED}`, BY_CLASS],
  ['a Map of another realm', runInNewContext('new Map()'), `a Map, ${EMPTIED}`, '[...map]'],
  [
    'an invalid Date of another realm',
    runInNewContext('new Date(NaN)'),
    `an invalid Date, ${IN_NULL}`,
    'null, or a valid date',
  ],
];

const UNDEFINED = { toJSON: () => undefined };
const HIDDEN = { value: UNDEFINED.toJSON };

describe('what would not come back from JSON', () => {
  it.each(REFUSED)('is refused: %s', (_what, value, is, instead) => {
    const message = (path: string): string =>
      `session.${path} cannot be stored: it is ${is}. Keep plain data in a session: strings, finite numbers, booleans, null, arrays, plain objects, dates, or objects with toJSON(). Here, keep ${instead}. Nothing was written.`;
    expect(() => serialiseAttribute('it', value)).toThrow(message('it'));
    expect(() => serialiseAttribute('it', { in: [0, value] })).toThrow(message('it.in[1]'));
    expect(() => serialiseAttributes({ a: 1, it: { in: value } })).toThrow(message('it.in'));
  });

  it.each<[string, unknown, string]>([
    ['undefined', [1, undefined], 'it[1]'],
    ['nothing at all', [0, Object.assign([1], { length: 2 })], 'it[1][1]'],
    ['a toJSON() that gives undefined', [{ toJSON: () => undefined }], 'it[0]'],
    ['an array with such a toJSON()', [Object.assign([1], UNDEFINED)], 'it[0]'],
    ['an object with a hidden one', [Object.defineProperty({}, 'toJSON', HIDDEN)], 'it[0]'],
  ])('is refused in an array: %s', (_what, value, path) => {
    expect(() => serialiseAttribute('it', value)).toThrow(
      `session.${path} cannot be stored: it is undefined in an array, ${IN_NULL}. `,
    );
  });

  it.each<[string, unknown, string]>([
    [
      'a getter that throws',
      {
        a: 1,
        get total(): number {
          return throwing();
        },
      },
      'it.total',
    ],
    ['a toJSON() that throws', [{ toJSON: throwing }], 'it[0]'],
    ['a proxy that throws for its names', { p: new Proxy({}, { ownKeys: throwing }) }, 'it.p'],
    ['a proxy that throws for its prototype', new Proxy({}, { getPrototypeOf: throwing }), 'it'],
    ['a revoked proxy', [1, [revoked()]], 'it[1][0]'],
  ])('is refused with the cause if it cannot be read: %s', (_what, value, path) => {
    let thrown: unknown;
    try {
      serialiseAttribute('it', value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UnserialisableAttributeError);
    expect(thrown).toMatchObject({
      message: expect.stringContaining(`session.${path} cannot be stored: it is unreadable: `),
      cause: expect.objectContaining({
        message: expect.stringMatching(/^it was read$|has been revoked$/),
      }),
    });
  });

  it('is refused when toJSON() never comes to an end', () => {
    const endless = { toJSON: (): object => ({ next: endless }) };
    expect(() => serialiseAttribute('it', endless)).toThrow('nested more than 500 levels deep');
  });
});

describe('what comes back from JSON', () => {
  it.each<[string, unknown, string]>([
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['what a form or a query was parsed to', parse('a=1&b=2'), '{"a":"1","b":"2"}'],
    ['an object of another realm', runInNewContext('({ a: [{ b: 1 }] })'), '{"a":[{"b":1}]}'],
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['a date of another realm', runInNewContext('[new Date(0)]'), '["1970-01-01T00:00:00.000Z"]'],
    ['an instance with toJSON()', [new Money(250)], '["2.5 EUR"]'],
    ['an instance whose toJSON() returns itself', new Itself(), '{"name":"itself"}'],
    ['an array whose toJSON() returns another', Object.assign([5n], { toJSON: () => [5] }), '[5]'],
    ['a property without a value', { a: undefined, b: 1 }, '{"b":1}'],
    [
      'a property with a getter',
      {
        get a() {
          return 1;
        },
      },
      '{"a":1}',
    ],
    ['a proxy of plain data', new Proxy({ a: new Proxy([1], {}) }, {}), '{"a":[1]}'],
    ['zero below zero', [-0], '[0]'],
    ['half a surrogate pair', '\ud800', '"\\ud800"'],
  ])('is written: %s', (_what, value, json) => {
    expect(serialiseAttribute('it', value)).toBe(json);
    expect(serialiseAttributes({ it: value })).toBe(`{"it":${json}}`);
  });

  it('includes BigInts if the application defines how they are written', () => {
    Reflect.set(BigInt.prototype, 'toJSON', function (this: bigint) {
      return this.toString();
    });
    try {
      expect(serialiseAttribute('it', { price: 5n })).toBe('{"price":"5"}');
    } finally {
      Reflect.deleteProperty(BigInt.prototype, 'toJSON');
    }
  });

  it('is always written, and anything else is refused', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        let json: string | undefined;
        try {
          json = serialiseAttribute('it', value);
        } catch {
          expect(comesBack(value, attempted(value))).toBe(false);
          return;
        }
        expect(comesBack(value, json === undefined ? undefined : JSON.parse(json))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

function attempted(value: unknown): unknown {
  try {
    const json = JSON.stringify(value);
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return Symbol('nothing');
  }
}

/** True if an application that reads this finds what was written. */
function comesBack(written: unknown, read: unknown): boolean {
  if (typeof written !== 'object' || written === null) {
    return written === read || (written === 0 && read === 0);
  }
  if (written instanceof Date) return read === attempted(written) && read !== null;
  if (typeof read !== 'object' || read === null) return false;
  if (Array.isArray(written)) {
    if (!Array.isArray(read) || read.length !== written.length) return false;
    return read.every((one, index) => comesBack(written[index], one));
  }
  const prototype: unknown = Object.getPrototypeOf(written);
  if (prototype !== null && prototype !== Object.prototype) return false;
  if (Object.hasOwn(written, '__proto__')) return false;
  const names = Object.keys(written).filter((name) => Reflect.get(written, name) !== undefined);
  if (names.length !== Object.keys(read).length) return false;
  return names.every((name) => comesBack(Reflect.get(written, name), Reflect.get(read, name)));
}
