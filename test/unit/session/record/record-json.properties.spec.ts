import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CorruptRecordError } from '../../../../lib/session/errors.js';
import { parseRecord, serialiseRecord } from '../../../../lib/session/record/record-json.js';
import { peekSeenAt } from '../../../../lib/session/record/record-text.js';
import type { SessionRecord } from '../../../../lib/session/record/session-record.js';
import { expiryOf } from '../../../../lib/session/record/timeouts.js';
import { setCookie } from '../../../../lib/session/token/set-cookie.js';
import { sessionRecord } from '../../arbitraries.js';
import { settingsOf } from '../../settings-of.js';

const NOW = 1_700_000_000_000;
const settings = settingsOf();
const follower = settingsOf({ cookie: { maxAge: '1h' } });

/** The record in a text; `undefined` when it is refused as documented. */
function parsed(payload: string): SessionRecord | undefined {
  try {
    return parseRecord(payload, NOW);
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptRecordError);
    return undefined;
  }
}

/** What the lifecycle does with a record that it has read: it must be able to go on with it. */
function expectSane(record: SessionRecord): void {
  const { metadata, cookie } = record;
  for (const one of [settings, follower]) {
    expect(() => new Date(expiryOf(record, one)).toISOString()).not.toThrow();
  }
  const overridden = { ...cookie, ...metadata.cookie };
  expect(() => setCookie('connect.sid', 'an-id', overridden, NOW)).not.toThrow();
  expect(Object.getPrototypeOf(record.attributes)).toBe(Object.prototype);
  const text = serialiseRecord(record);
  expect(serialiseRecord(parseRecord(text, NOW))).toBe(text);
}

const anyNumber = fc.constantFrom('0', '-1', '1e15', '1e16', '1e300', '-1e300', '1e999', '0.5');
const metadataName = fc.constantFrom('seenAt', 'createdAt', 'idleTimeout', 'absoluteTimeout');

describe('a damaged record', () => {
  it('is refused as documented, or is still one that the lifecycle can go on with', () => {
    const cut = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(sessionRecord, fc.array(cut, { minLength: 1, maxLength: 3 }), (record, cuts) => {
        let payload = serialiseRecord({ ...record, metadata: recent(record.metadata) });
        for (const [at, length, by] of cuts) {
          const start = at % payload.length;
          payload = payload.slice(0, start) + by + payload.slice(start + length);
        }
        parsed(payload);
        peekSeenAt(payload);
      }),
    );
  });

  it('is refused if its times are out of range, or else can be written again', () => {
    fc.assert(
      fc.property(metadataName, anyNumber, anyNumber, (name, number, maxAge) => {
        const times = { seenAt: `${NOW}`, createdAt: `${NOW}`, [name]: number };
        const metadata = Object.entries(times).map(([one, value]) => `"${one}":${value}`);
        const own = `"cookie":{"originalMaxAge":${maxAge}}`;
        const record = parsed(`{"_sesame":{${[...metadata, own].join()}},"cookie":{}}`);
        if (record !== undefined) expectSane(record);
      }),
    );
  });

  it('is refused if no cookie can be made of it, or else can be given to a browser', () => {
    const attribute = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', 'example.com'));
    fc.assert(
      fc.property(attribute, attribute, (path, domain) => {
        const cookie = JSON.stringify({ path, domain });
        const metadata = `{"seenAt":${NOW},"createdAt":${NOW},"cookie":${cookie}}`;
        const record = parsed(`{"_sesame":${metadata},"cookie":{}}`);
        if (record !== undefined) expectSane(record);
      }),
    );
  });

  it.each(['', ',"escape":"\\u0041"'])('is refused if it cannot be written again%s', (more) => {
    const depth = 50_000;
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    const payload = `{"_sesame":{"seenAt":${NOW},"createdAt":${NOW}},"cookie":{},"deep":${deep}${more}}`;
    const record = parsed(payload);
    if (record !== undefined) expectSane(record);
  });
});

describe('names of properties that every object has', () => {
  const name = fc.constantFrom('constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty');
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constant(true),
      fc.dictionary(name, tie('node'), { noNullPrototype: true }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;

  it('are attributes like any other, and pollute nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(name, tree, { noNullPrototype: true }), (attributes) => {
        const metadata = { seenAt: NOW, createdAt: NOW };
        const text = serialiseRecord({ metadata, cookie: { originalMaxAge: null }, attributes });
        expect(parseRecord(text, NOW).attributes).toEqual(attributes);
        expect({}).not.toHaveProperty('polluted');
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it('are refused when one of them is __proto__, however deep and however it is escaped', () => {
    const escaped = fc
      .array(fc.boolean(), { minLength: 9, maxLength: 9 })
      .map((escapes) =>
        [...'__proto__']
          .map((letter, index) => (escapes[index] === true ? escape(letter) : letter))
          .join(''),
      );
    const wrapping = fc.constantFrom('[0,#]', '{"a":#}', '{"b":1,"constructor":#}');
    fc.assert(
      fc.property(escaped, fc.array(wrapping, { maxLength: 6 }), (key, wrappings) => {
        const evil = `{"${key}":{"polluted":true}}`;
        const inside = wrappings.reduce((text, one) => one.replace('#', () => text), evil);
        const payload = `{"cookie":{},"attribute":${inside}}`;
        expect(() => parseRecord(payload, NOW)).toThrow(CorruptRecordError);
      }),
    );
  });
});

function escape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function recent(metadata: SessionRecord['metadata']): SessionRecord['metadata'] {
  return { ...metadata, seenAt: NOW, createdAt: NOW };
}
