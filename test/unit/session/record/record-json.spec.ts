import { describe, expect, it } from '@jest/globals';
import session from 'express-session';
import * as fc from 'fast-check';
import { CorruptRecordError } from '../../../../lib/session/errors.js';
import { parseRecord, serialiseRecord } from '../../../../lib/session/record/record-json.js';
import type { SessionRecord } from '../../../../lib/session/record/session-record.js';
import { asJson, sessionRecord } from '../../arbitraries.js';

const NOW = 1_700_000_000_000;

const record: SessionRecord = {
  metadata: { seenAt: NOW, createdAt: NOW - 5_000, userId: 'ada', authenticatedAt: NOW - 4_000 },
  cookie: { originalMaxAge: null, expires: new Date(NOW + 1_000).toISOString(), path: '/' },
  attributes: { cart: ['tea'], total: 3.5 },
};

describe('serialiseRecord', () => {
  it('writes the metadata first, then the cookie, then the attributes beside them', () => {
    expect(serialiseRecord(record)).toBe(
      '{"_sesame":{"seenAt":1700000000000,"createdAt":1699999995000,"userId":"ada","authenticatedAt":1699999996000},' +
        '"cookie":{"originalMaxAge":null,"expires":"2023-11-14T22:13:21.000Z","path":"/"},' +
        '"cart":["tea"],"total":3.5}',
    );
  });

  it('writes what a store that parsed it would write, whatever the attributes are called', () => {
    fc.assert(
      fc.property(sessionRecord, (record) => {
        const text = serialiseRecord(record);
        expect(JSON.stringify(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('writes the same text, whatever order the properties of the metadata and the cookie are in', () => {
    const { seenAt, createdAt, userId, authenticatedAt } = record.metadata;
    const shuffled = {
      ...record,
      metadata: { authenticatedAt, userId, createdAt, seenAt },
      cookie: { path: '/', expires: record.cookie.expires, originalMaxAge: null },
    };
    expect(serialiseRecord(shuffled)).toBe(serialiseRecord(record));
  });

  it('writes what plain express-session reads: a cookie with its expiry, and the attributes beside it', () => {
    const data: session.SessionData = JSON.parse(serialiseRecord(record));
    const request = { sessionID: 'an-id', sessionStore: new session.MemoryStore() };
    const restored: unknown = Reflect.apply(session.Store.prototype.createSession, undefined, [
      request,
      data,
    ]);
    expect(restored).toMatchObject({
      cart: ['tea'],
      cookie: { expires: new Date(NOW + 1_000), originalMaxAge: null },
    });
  });
});

describe('parseRecord', () => {
  it('separates the attributes from the rest, however long the record is', () => {
    fc.assert(
      fc.property(sessionRecord, (record) => {
        const long = { ...record.attributes, long: 'x'.repeat(5_000) };
        const read = parseRecord(serialiseRecord({ ...record, attributes: long }), NOW);
        const short = parseRecord(serialiseRecord({ ...record, attributes: { long: '' } }), NOW);
        expect(JSON.stringify(read.attributes)).toBe(JSON.stringify(long));
        expect(read).toEqual({ ...short, attributes: asJson(long) });
      }),
    );
  });

  it('gives back what was written', () => {
    fc.assert(
      fc.property(sessionRecord, (written) => {
        expect(asJson(parseRecord(serialiseRecord(written), NOW))).toEqual(asJson(written));
      }),
    );
  });

  it('reads a record so that writing it again gives the very same text', () => {
    fc.assert(
      fc.property(sessionRecord, (written) => {
        const payload = serialiseRecord(written);
        expect(serialiseRecord(parseRecord(payload, NOW))).toBe(payload);
      }),
    );
  });

  describe('of a record that express-session wrote', () => {
    it('takes its attributes, and counts its age from now', () => {
      const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' };
      const parsed = parseRecord(writtenByExpressSession(cookie), NOW);
      expect(parsed.attributes).toEqual({ 7: 'seven', cart: ['tea'] });
      expect(asJson(parsed.metadata)).toEqual({ seenAt: NOW, createdAt: NOW, takenOver: true });
      expect(asJson(parsed.cookie)).toEqual({ originalMaxAge: null, httpOnly: true, path: '/' });
    });

    it('keeps the lifetime that was chosen for its cookie', () => {
      const expires = new Date(NOW + 60_000).toISOString();
      const parsed = parseRecord(
        writtenByExpressSession({ originalMaxAge: 60_000, expires, path: '/' }),
        NOW,
      );
      expect(parsed.metadata.cookie).toEqual({ originalMaxAge: 60_000 });
      expect(parsed.cookie).toMatchObject({ originalMaxAge: 60_000, expires });
    });
  });

  it.each([
    ['is empty', ''],
    ['is not JSON', '{"cookie":'],
    ['is a fragment of another format', 'O:8:"stdClass":0:{}'],
    ['is null', 'null'],
    ['is a number', '5'],
    ['is a string', '"cookie"'],
    ['is an array', '[{"cookie":{}}]'],
    ['has no cookie', '{"cart":[]}'],
    ['has null for a cookie', '{"cookie":null}'],
    ['has a text for a cookie', '{"cookie":"connect.sid"}'],
    ['has an array for a cookie', '{"cookie":[]}'],
    ['has metadata without times', '{"_sesame":{"userId":"ada"},"cookie":{}}'],
    ['has metadata without seenAt', '{"_sesame":{"createdAt":1},"cookie":{}}'],
    [
      'has metadata whose times are texts',
      '{"_sesame":{"seenAt":"1","createdAt":"1"},"cookie":{}}',
    ],
    ['carries __proto__', '{"cookie":{},"__proto__":{"admin":true}}'],
    ['carries __proto__ in an attribute', '{"cookie":{},"cart":{"__proto__":{"admin":true}}}'],
    ['carries __proto__ in an array', '{"cookie":{},"cart":[0,[{"__proto__":1}]]}'],
    ['carries __proto__ in its cookie', '{"cookie":{"__proto__":{"secure":false}}}'],
    [
      'carries __proto__ in its metadata',
      '{"_sesame":{"seenAt":1,"createdAt":1,"__proto__":{"userId":"root"}},"cookie":{}}',
    ],
    ['carries __proto__ in escapes', '{"cookie":{},"\\u005f_proto__":{"admin":true}}'],
    ['carries __proto__ in other escapes', '{"cookie":{},"a":{"__\\u0070roto__":{"x":1}}}'],
    [
      'carries __proto__ all in escapes',
      '{"cookie":{},"a":[{"\\u005F\\u005f\\u0070\\u0072\\u006f\\u0074\\u006F\\u005f\\u005f":1}]}',
    ],
  ])('refuses a record that %s', (_what, payload) => {
    expect(() => parseRecord(payload, NOW)).toThrow(CorruptRecordError);
  });

  it('refuses metadata that is not an object, rather than count the age from now', () => {
    expect(() => parseRecord('{"_sesame":null,"cookie":{}}', NOW)).toThrow(CorruptRecordError);
    expect(() => parseRecord('{"_sesame":[],"cookie":{}}', NOW)).toThrow(CorruptRecordError);
  });

  it('never quotes the record in its error', () => {
    expect(() => parseRecord('{"password":"hunter2"', NOW)).toThrow(
      /^The stored record is not a session: it is not JSON\.$/,
    );
  });

  it('accepts the text __proto__ where it is not a key', () => {
    const payload = '{"cookie":{},"word":"__proto__","list":["\\u005f_proto__"]}';
    expect(parseRecord(payload, NOW).attributes).toEqual({
      word: '__proto__',
      list: ['__proto__'],
    });
  });

  it('ignores cookie attributes with invalid values', () => {
    const payload =
      '{"cookie":{"originalMaxAge":"5","path":7,"secure":"yes","sameSite":"maybe","priority":"urgent","partitioned":1}}';
    expect(asJson(parseRecord(payload, NOW).cookie)).toEqual({ originalMaxAge: null });
  });

  it('reads the words of cookie attributes in any case, as browsers do', () => {
    const payload = '{"cookie":{"originalMaxAge":null,"sameSite":"Strict","priority":"HIGH"}}';
    const cookie = { originalMaxAge: null, sameSite: 'strict', priority: 'high' };
    expect(asJson(parseRecord(payload, NOW).cookie)).toEqual(cookie);
  });

  it('throws nothing but a CorruptRecordError, whatever text it gets', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.json().map(wrapInCookie));
    fc.assert(
      fc.property(text, (payload) => {
        try {
          parseRecord(payload, NOW);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptRecordError);
        }
      }),
    );
  });
});

function wrapInCookie(json: string): string {
  return `{"_sesame":${json},"cookie":${json},"attribute":${json}}`;
}

function writtenByExpressSession(cookie: object): string {
  return JSON.stringify({ cookie, cart: ['tea'], 7: 'seven' });
}
