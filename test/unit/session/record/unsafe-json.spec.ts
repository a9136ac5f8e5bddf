import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CorruptRecordError } from '../../../../lib/session/errors.js';
import { refuseUnsafeKeys } from '../../../../lib/session/record/unsafe-json.js';
import { attributeValue } from '../../arbitraries.js';

const unsafe: unknown = JSON.parse('{"__proto__":{"admin":true}}');

describe('refuseUnsafeKeys', () => {
  it.each<[string, unknown]>([
    ['at the top', unsafe],
    ['in an object', { a: { b: unsafe } }],
    ['in an array', [1, [unsafe]]],
  ])('throws for a key that would pollute a prototype %s', (_where, value) => {
    expect(() => refuseUnsafeKeys(value)).toThrow(CorruptRecordError);
  });

  it('accepts everything else', () => {
    fc.assert(
      fc.property(attributeValue, (value) => {
        expect(() => refuseUnsafeKeys(value)).not.toThrow();
      }),
    );
  });
});
