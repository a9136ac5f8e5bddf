import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { expectation, versionOf } from '../../../lib/stores/redis/redis-version.js';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('the version of a record in Redis', () => {
  const REVISED = '{"_sesame":{"rev":"abcdefghijkl"';
  const SEALED = 'enc.keynames.0123456789abcdef';

  it.each([
    ['its revision', `${REVISED},"seenAt":1},"cookie":{}}`, REVISED.slice(0, -1)],
    ['its nonce', `${SEALED}0123456789`, SEALED],
  ])(
    'is the beginning of the record through %s, which the scripts compare as it is',
    (_what, payload, head) => {
      expect(versionOf(payload)).toBe(head);
      expect(expectation(head)).toBe(head);
      expect(head.length).toBeLessThan(40);
    },
  );

  it.each([
    ['no revision', '{"_sesame":{"seenAt":1},"cookie":{}}'],
    ['a shorter revision', '{"_sesame":{"rev":"abc","seenAt":17},"cookie":{}}'],
    ['a longer revision', '{"_sesame":{"rev":"abcdefghijklm","seenAt":1},"cookie":{}}'],
    ['another key first', '{"cookie":{},"_sesame":{"rev":"abcdefghijkl"}}'],
    ['other words', 'nonsense'],
    ['nearly a nonce', 'enc.keynames.0123456789abcde'],
  ])('is the whole record with %s, which the scripts compare by its digest', (_what, payload) => {
    expect(versionOf(payload)).toBe(payload);
    expect(expectation(payload)).toBe(sha1(payload));
    expect(expectation(payload)).toHaveLength(40);
  });
});
