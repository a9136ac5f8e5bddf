import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionAttributes } from '../../../../lib/session/data/attributes.js';
import { applyChanges, changesBetween } from '../../../../lib/session/data/merge.js';
import { UnserialisableAttributeError } from '../../../../lib/session/errors.js';
import { asJson, attributes, attributeName, attributeValue } from '../../arbitraries.js';

/** A session as loaded, and as a request left it: some attributes kept, some deleted, some set. */
const request = (loaded: SessionAttributes): fc.Arbitrary<SessionAttributes> =>
  fc.tuple(fc.subarray(Object.keys(loaded)), attributes).map(([keep, set]) =>
    Object.assign(
      pick(loaded, (name) => keep.includes(name)),
      set,
    ),
  );

const visit = attributes.chain((loaded) => fc.tuple(fc.constant(loaded), request(loaded)));
const parallelVisits = attributes.chain((loaded) =>
  fc.tuple(fc.constant(loaded), request(loaded), request(loaded)),
);

describe('changesBetween', () => {
  it('finds nothing in a session with the same attributes', () => {
    fc.assert(
      fc.property(attributes, (loaded) => {
        expect(changesBetween(loaded, structuredClone(loaded)).size).toBe(0);
      }),
    );
  });

  it('names what was set, changed and deleted, each as JSON', () => {
    const loaded = { same: 1, changed: { a: 1 }, deleted: true };
    const now = { same: 1, changed: { a: 2 }, added: null };
    expect([...changesBetween(loaded, now)].toSorted()).toEqual([
      ['added', 'null'],
      ['changed', '{"a":2}'],
      ['deleted', undefined],
    ]);
  });

  it('sees a change deep inside an attribute', () => {
    const loaded = { cart: { items: [{ amount: 1 }] } };
    expect(changesBetween(loaded, { cart: { items: [{ amount: 2 }] } }).has('cart')).toBe(true);
  });

  it('treats an attribute set to undefined as deleted, and as no change if there was none', () => {
    expect([...changesBetween({ cart: 1 }, { cart: undefined, other: undefined })]).toEqual([
      ['cart', undefined],
    ]);
  });

  it('is not misled by the names of properties that every object has', () => {
    expect([...changesBetween({}, { constructor: 'x', toString: 'y' })]).toEqual([
      ['constructor', '"x"'],
      ['toString', '"y"'],
    ]);
    expect([...changesBetween({ constructor: 'x' }, {})]).toEqual([['constructor', undefined]]);
  });

  it('names the attribute that cannot be stored', () => {
    expect(() => changesBetween({}, { price: 5n })).toThrow(UnserialisableAttributeError);
  });
});

describe('applyChanges', () => {
  it('turns the session as loaded into the session as it is now', () => {
    fc.assert(
      fc.property(visit, ([loaded, now]) => {
        expect(applyChanges(loaded, changesBetween(loaded, now))).toEqual(asJson(now));
      }),
    );
  });

  it('keeps the changes of both of two requests that changed different attributes', () => {
    fc.assert(
      fc.property(parallelVisits, ([loaded, one, two]) => {
        const ones = changesBetween(loaded, one);
        const twos = new Map([...changesBetween(loaded, two)].filter(([name]) => !ones.has(name)));
        const merged = applyChanges(applyChanges(loaded, ones), twos);
        for (const [name, text] of [...ones, ...twos]) expect(textOf(merged, name)).toBe(text);
        expect(applyChanges(applyChanges(loaded, twos), ones)).toEqual(merged);
      }),
    );
  });

  it('changes nothing but what the request changed, whatever others stored', () => {
    fc.assert(
      fc.property(parallelVisits, ([loaded, now, stored]) => {
        const changes = changesBetween(loaded, now);
        const merged = applyChanges(stored, changes);
        const isOthers = (name: string): boolean => !changes.has(name);
        expect(pick(merged, isOthers)).toEqual(pick(stored, isOthers));
        for (const [name, text] of changes) expect(textOf(merged, name)).toBe(text);
      }),
    );
  });

  it('lets a request that set an attribute win over what another request stored there', () => {
    const changes = changesBetween({ cart: 1 }, { cart: 2 });
    expect(applyChanges({ cart: 3, other: 4 }, changes)).toEqual({ cart: 2, other: 4 });
  });

  it('lets a deletion win over a value that others kept, or have stored since', () => {
    fc.assert(
      fc.property(attributes, attributeName, attributeValue, attributeValue, (rest, name, a, b) => {
        const others = pick(rest, (other) => other !== name);
        const deletion = changesBetween({ ...others, [name]: a }, others);
        expect(applyChanges({ ...others, [name]: a }, deletion)).toEqual(others);
        expect(applyChanges({ ...others, [name]: b }, deletion)).toEqual(others);
      }),
    );
  });

  it('does not bring back what another request deleted', () => {
    const changes = changesBetween({ cart: 1, name: 'a' }, { cart: 1, name: 'b' });
    expect(applyChanges({ name: 'a' }, changes)).toEqual({ name: 'b' });
  });

  it('can be applied twice', () => {
    fc.assert(
      fc.property(visit, attributes, ([loaded, now], stored) => {
        const changes = changesBetween(loaded, now);
        const once = applyChanges(stored, changes);
        expect(applyChanges(once, changes)).toEqual(once);
      }),
    );
  });

  it('leaves the stored attributes alone, and shares nothing with the session', () => {
    const stored = Object.freeze({ cart: 1, name: 'a' });
    const now = { cart: { items: ['tea'] } };
    const merged = applyChanges(stored, changesBetween(stored, now));
    now.cart.items.push('milk');
    expect(stored).toEqual({ cart: 1, name: 'a' });
    expect(merged).toEqual({ cart: { items: ['tea'] } });
  });
});

function pick(from: SessionAttributes, isWanted: (name: string) => boolean): SessionAttributes {
  return Object.fromEntries(Object.entries(from).filter(([name]) => isWanted(name)));
}

function textOf(from: SessionAttributes, name: string): string | undefined {
  return Object.hasOwn(from, name) ? JSON.stringify(from[name]) : undefined;
}
