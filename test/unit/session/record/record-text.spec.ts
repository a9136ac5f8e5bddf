import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { showable } from '../../../../lib/session/data/attributes.js';
import { serialiseRecord } from '../../../../lib/session/record/record-json.js';
import {
  holdsJust,
  mayBeUnindexed,
  peekSeenAt,
} from '../../../../lib/session/record/record-text.js';
import type { SessionRecord } from '../../../../lib/session/record/session-record.js';
import { REVISION_LENGTH } from '../../../../lib/stores/metadata-key.js';
import { sessionRecord } from '../../arbitraries.js';

describe('holdsJust', () => {
  const REVISION = 'r'.repeat(REVISION_LENGTH);
  const METADATA = '"_sesame":{"seenAt":1700000000000,"createdAt":1700000000000}';
  const COOKIE = '"cookie":{"originalMaxAge":null}';

  it.each([
    ['the cookie last', `{${METADATA},"a":1,${COOKIE}}`],
    ['the metadata last', `{${COOKIE},"a":1,${METADATA}}`],
    ['white space', `{ ${METADATA}, ${COOKIE}, "a": 1 }`],
    ['another spelling of a number', `{"a":1.0e0,${METADATA},${COOKIE}}`],
    ['a brace in the path', `{${METADATA},"cookie":{"originalMaxAge":null,"path":"/}}"},"a":1}`],
  ])('compares what a record says, written with %s', (_how, payload) => {
    expect(holdsJust(payload, '{"a":1}')).toBe(true);
    expect(holdsJust(payload, '{}')).toBe(false);
    expect(holdsJust(payload, '{"a":2}')).toBe(false);
  });

  it('is not misled by an attribute that looks like the end of the cookie', () => {
    const cookie = '"cookie":{"originalMaxAge":null,"path":"/}}"}';
    const payload = `{${METADATA},${cookie},"a":{"b":1,"cookie":{}},"c":2}`;
    expect(holdsJust(payload, '{"c":2}')).toBe(false);
    expect(holdsJust(payload, '{"a":{"b":1,"cookie":{}},"c":2}')).toBe(true);
  });

  it('is false for a record that Sesame did not write, which has to be written again', () => {
    expect(holdsJust(`{${COOKIE},"a":1}`, '{"a":1}')).toBe(false);
  });

  it('recognises what was written, whatever the attributes and the rest contain', () => {
    fc.assert(
      fc.property(sessionRecord, (record) => {
        const attributes = showable(record.attributes);
        const payload = serialiseRecord({ ...record, attributes }, undefined, REVISION);
        expect(holdsJust(payload, JSON.stringify(attributes))).toBe(true);
        expect(holdsJust(payload, JSON.stringify({ ...attributes, more: 1 }))).toBe(false);
        const [, ...others] = Object.entries(attributes);
        const fewer = JSON.stringify(Object.fromEntries(others));
        expect(holdsJust(payload, fewer)).toBe(fewer === JSON.stringify(attributes));
      }),
    );
  });

  it.each<[string, object, object]>([
    ['none', {}, {}],
    ['some', {}, { a: 1, b: ['}', ',"cookie":{'] }],
    ['one named as a cookie inside', {}, { shop: { cookie: { taste: '}' } }, last: 1 }],
    ['a cookie of its own', { cookie: { originalMaxAge: 1 } }, { a: 1 }],
    ['a user agent that quotes', { userId: 'ada', userAgent: ',"cookie":{"x":1},"' }, { a: 1 }],
    ['a user agent with braces', { userId: 'ada', userAgent: 'a},"cookie":{' }, { a: 1 }],
    ['a user agent with one brace', { userId: 'ada', userAgent: '},' }, { a: 1, b: { c: 2 } }],
    ['marks', { marks: { a: 1 }, cookie: { path: '/a' } }, { a: 1 }],
  ])('knows that of a session that has %s', (_what, metadata, attributes) => {
    const record = {
      metadata: { seenAt: 1_700_000_000_000, createdAt: 1, ...metadata },
      cookie: { originalMaxAge: null, path: '/' },
      attributes: { ...attributes },
    };
    const payload = serialiseRecord(record, undefined, REVISION);
    expect(holdsJust(payload, JSON.stringify(attributes))).toBe(true);
    expect(holdsJust(payload, JSON.stringify({ ...attributes, last: 2 }))).toBe(false);
    expect(holdsJust(payload, '{"a":3}')).toBe(false);
  });
});

describe('peekSeenAt', () => {
  it('finds what parseRecord would find', () => {
    fc.assert(
      fc.property(
        sessionRecord,
        fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
        (written, seenAt) => {
          const attributes = Object.fromEntries(
            Object.entries(written.attributes).filter(([name]) => !/^\d+$/.test(name)),
          );
          const metadata = { ...written.metadata, seenAt };
          expect(peekSeenAt(serialiseRecord({ ...written, metadata, attributes }))).toBe(seenAt);
        },
      ),
    );
  });

  it.each([
    ['express-session wrote', '{"cookie":{"originalMaxAge":null}}'],
    ['has a short time', '{"_sesame":{"seenAt":5000,"createdAt":1},"cookie":{}}'],
    ['has no time', '{"_sesame":{"createdAt":1},"cookie":{}}'],
    ['has a text for a time', '{"_sesame":{"seenAt":"1700000000000"},"cookie":{}}'],
    ['is no record', 'nonsense'],
  ])('is undefined for a record that %s', (_what, payload) => {
    expect(peekSeenAt(payload)).toBeUndefined();
  });
});

describe('mayBeUnindexed', () => {
  const signedIn = { seenAt: 1_700_000_000_000, createdAt: 1, userId: 'ada' };
  const NOW = { createdAt: 1_700_000_000_000 };
  const written = (metadata: SessionRecord['metadata'], attributes = {}): string =>
    serialiseRecord({ metadata, cookie: { originalMaxAge: null }, attributes });

  it.each([
    ['nobody signed in', written({ seenAt: 1_700_000_000_000, createdAt: 1 }), false],
    ['nobody signed in, made just now', written({ ...signedIn, ...NOW, userId: undefined }), false],
    ['a user whom the index knows', written({ ...signedIn, indexedAt: 2 }), false],
    ['a user who was just made known to it', written({ ...signedIn, ...NOW, indexedAt: 2 }), false],
    ['a user whom the index does not know', written(signedIn), true],
    ['the same, made just now', written({ ...signedIn, ...NOW }), true],
    ['nothing behind the metadata', '{"_sesame":{"seenAt":1700000000000,"userId":"ada"}}', true],
    ['the same, with data that say otherwise', written(signedIn, { '"indexedAt":': 1 }), true],
    ['the metadata in another order', '{"cookie":{},"_sesame":{"userId":"ada"}}', true],
    ['nothing that can be seen, since it is sealed', 'enc.key.bytes', false],
  ])('of a payload with %s', (_what, payload, expected) => {
    expect(mayBeUnindexed(payload)).toBe(expected);
  });
});
