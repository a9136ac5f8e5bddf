import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { serialiseAttribute } from '../../../../lib/session/data/attributes.js';
import { UnserialisableAttributeError } from '../../../../lib/session/errors.js';
import { attributeName, attributeValue } from '../../arbitraries.js';

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const ring: { list: unknown[] } = { list: [] };
ring.list.push({ back: ring });
const unsafe: unknown = JSON.parse('{"__proto__":{"admin":true}}');

describe('serialiseAttribute', () => {
  it('writes as JSON what JSON can carry', () => {
    fc.assert(
      fc.property(attributeName, attributeValue, (name, value) => {
        expect(serialiseAttribute(name, value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is undefined for what would not be stored', () => {
    expect(serialiseAttribute('cart', undefined)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['a BigInt', 5n, 'session.cart cannot be stored: it is a BigInt'],
    [
      'a BigInt inside',
      { items: [{ price: 5n }] },
      'session.cart.items[0].price cannot be stored: it is a BigInt',
    ],
    ['a function', () => undefined, 'session.cart cannot be stored: it is a function'],
    [
      'a function inside',
      { total: () => 1 },
      'session.cart.total cannot be stored: it is a function',
    ],
    ['a symbol', Symbol('s'), 'session.cart cannot be stored: it is a symbol'],
    [
      'a symbol in an array',
      ['a', Symbol('s')],
      'session.cart[1] cannot be stored: it is a symbol',
    ],
    ['a cycle', cyclic, 'session.cart.self cannot be stored: it is a cycle'],
    ['a cycle through an array', ring, 'session.cart.list[0].back cannot be stored: it is a cycle'],
    [
      'a Map',
      new Map([['a', 1]]),
      'session.cart cannot be stored: it is a Map, which JSON would empty',
    ],
    [
      'a Set inside',
      { tags: new Set(['a']) },
      'session.cart.tags cannot be stored: it is a Set, which JSON would empty',
    ],
    ...[new WeakMap(), new WeakSet(), Promise.resolve(), /tea/].map(
      (value): [string, unknown, string] => [
        `a ${value.constructor.name}`,
        value,
        `session.cart cannot be stored: it is a ${value.constructor.name}, which JSON would empty`,
      ],
    ),
    ['a __proto__ key', unsafe, 'session.cart.__proto__ cannot be stored: it is a __proto__ key'],
    [
      'a __proto__ key inside',
      [{ deep: unsafe }],
      'session.cart[0].deep.__proto__ cannot be stored: it is a __proto__ key',
    ],
  ])('names the path of %s', (_what, value, message) => {
    expect(() => serialiseAttribute('cart', value)).toThrow(UnserialisableAttributeError);
    expect(() => serialiseAttribute('cart', value)).toThrow(`${message}. Keep plain data`);
  });

  it.each<[string, unknown]>([
    ['a BigInt', { toJSON: () => 5n }],
    ['a cycle', { toJSON: () => cyclic }],
    ['a __proto__ key', { toJSON: () => unsafe }],
  ])('names the path of an object whose toJSON() gives %s', (_what, value) => {
    expect(() => serialiseAttribute('cart', { item: value })).toThrow(UnserialisableAttributeError);
    expect(() => serialiseAttribute('cart', { item: value })).toThrow(/^session\.cart\.item/);
  });

  it('refuses an attribute named __proto__', () => {
    expect(() => serialiseAttribute('__proto__', { admin: true })).toThrow(
      UnserialisableAttributeError,
    );
  });

  it('refuses the name that holds the metadata', () => {
    expect(() => serialiseAttribute('_sesame', {})).toThrow(
      'session._sesame cannot be stored: it is a name that Sesame keeps for its own metadata',
    );
  });

  it('writes an object once for each reference to it, unless it contains itself', () => {
    const address = { city: 'Bath' };
    const value = { billing: address, shipping: address, all: [address, address] };
    expect(serialiseAttribute('order', value)).toBe(JSON.stringify(value));
  });

  it('lets objects with toJSON() decide how they are written', () => {
    const date = new Date(0);
    const url = new URL('https://example.com/');
    expect(serialiseAttribute('when', { date, url })).toBe(
      '{"date":"1970-01-01T00:00:00.000Z","url":"https://example.com/"}',
    );
  });
});
