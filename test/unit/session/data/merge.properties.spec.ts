import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionAttributes } from '../../../../lib/session/data/attributes.js';
import { applyChanges, changesBetween } from '../../../../lib/session/data/merge.js';
import { UnserialisableAttributeError } from '../../../../lib/session/errors.js';
import { asJson, attributes, attributeValue } from '../../arbitraries.js';

/** Few names, so that requests collide; some of them are properties of every object. */
const name = fc.constantFrom('a', 'b', 'constructor', 'toString', 'hasOwnProperty', '0');

/** What a request does: it sets each of these names, or deletes it. */
const deeds = fc.uniqueArray(fc.tuple(name, fc.option(attributeValue, { nil: undefined })), {
  selector: ([one]) => one,
});
type Deeds = readonly (readonly [string, unknown])[];

const loaded = fc.dictionary(name, attributeValue, { noNullPrototype: true });

function perform(session: SessionAttributes, done: Deeds): SessionAttributes {
  const now = { ...session };
  for (const [one, value] of done) {
    if (value === undefined) delete now[one];
    else now[one] = value;
  }
  return now;
}

describe('requests that loaded the same session', () => {
  it('leave what they would have left had they run one after the other, in the order of their commits', () => {
    fc.assert(
      fc.property(loaded, fc.array(deeds, { maxLength: 4 }), (base, requests) => {
        let stored: SessionAttributes = base;
        for (const request of requests) {
          stored = applyChanges(stored, changesBetween(base, perform(base, request)));
        }
        // A request that gave an attribute the value it had changed nothing.
        const changing = requests.map((request) =>
          request.filter(([one, value]) => textOf(base, one) !== JSON.stringify(value)),
        );
        expect(stored).toEqual(asJson(changing.reduce(perform, base)));
      }),
    );
  });

  it('leave prototypes untouched, whatever the attributes are called', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(loaded, deeds, (base, request) => {
        const merged = applyChanges(base, changesBetween(base, perform(base, request)));
        expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      }),
    );
  });
});

describe('a __proto__ key', () => {
  it('is refused by its path, at whatever depth', () => {
    fc.assert(
      fc.property(attributes, fc.array(fc.constantFrom('list', 'object')), (base, wrappings) => {
        let value: unknown = JSON.parse('{"__proto__":{"admin":true}}');
        for (const wrapping of wrappings) value = wrapping === 'list' ? [value] : { inside: value };
        expect(() => changesBetween(base, { ...base, evil: value })).toThrow(
          UnserialisableAttributeError,
        );
      }),
    );
  });
});

function textOf(from: SessionAttributes, one: string): string | undefined {
  return Object.hasOwn(from, one) ? JSON.stringify(from[one]) : undefined;
}
