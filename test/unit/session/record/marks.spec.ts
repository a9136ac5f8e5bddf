import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  marksInForce,
  mayBeSuccessorMark,
  reasonOnTombstone,
  successorMark,
  successorOnMark,
  tombstone,
} from '../../../../lib/session/record/marks.js';
import { parseRecord, serialiseRecord } from '../../../../lib/session/record/record-json.js';
import { peekSeenAt } from '../../../../lib/session/record/record-text.js';
import { sessionRecord } from '../../arbitraries.js';

const NOW = 1_700_000_000_000;

describe('tombstone', () => {
  it.each(['revoked', 'evicted'] as const)('says %s, for an hour', (reason) => {
    const { payload, expiresAt } = tombstone(reason, NOW);
    expect(reasonOnTombstone(payload)).toBe(reason);
    expect(expiresAt).toBe(NOW + 3_600_000);
  });

  it('is recognised when a serializer writes its names in another order', () => {
    const { payload } = tombstone('revoked', NOW);
    const { _sesame, cookie } = JSON.parse(payload);
    expect(reasonOnTombstone(JSON.stringify({ cookie, _sesame }))).toBe('revoked');
    const imitation = { a: { _sesame }, cookie, _sesame: { seenAt: NOW, createdAt: NOW } };
    expect(reasonOnTombstone(JSON.stringify(imitation))).toBeUndefined();
  });

  it('is no record, and has no time at which it was last seen', () => {
    const { payload } = tombstone('revoked', NOW);
    expect(() => parseRecord(payload, NOW)).toThrow();
    expect(peekSeenAt(payload)).toBeUndefined();
  });

  it('is read by plain express-session as an empty session', () => {
    const read: unknown = JSON.parse(tombstone('evicted', NOW).payload);
    expect(read).toEqual({ _sesame: { ended: 'evicted' }, cookie: { originalMaxAge: null } });
  });

  it('is none of what sessions are stored as, whatever they hold', () => {
    fc.assert(
      fc.property(sessionRecord, (record) => {
        expect(reasonOnTombstone(serialiseRecord(record))).toBeUndefined();
      }),
    );
  });

  it.each(['', '{}', '{"_sesame":{}}', '{"ended":"revoked"}', 'null'])('is not %j', (payload) => {
    expect(reasonOnTombstone(payload)).toBeUndefined();
  });
});

describe('the mark of a session that got a new id', () => {
  const successor = {
    key: 'the new key',
    lineage: 'the key at the sign-in',
    edge: 'same-user',
    until: NOW + 10_000,
    sealedId: 'sealed',
  } as const;

  it.each(['same-user', 'sign-in'] as const)(
    'says where the session is now, and how it got there: %s',
    (edge) => {
      const { payload, expiresAt } = successorMark({ ...successor, edge });
      expect(successorOnMark(payload)).toEqual({ ...successor, edge });
      expect(expiresAt).toBe(successor.until);
      expect(mayBeSuccessorMark(payload)).toBe(true);
    },
  );

  it('is recognised when a serializer writes its names in another order', () => {
    const { _sesame, cookie } = JSON.parse(successorMark(successor).payload);
    const written = JSON.stringify({ cookie, _sesame });
    expect(mayBeSuccessorMark(written)).toBe(true);
    expect(successorOnMark(written)).toEqual(successor);
  });

  it('is no record and no tombstone', () => {
    const { payload } = successorMark(successor);
    expect(() => parseRecord(payload, NOW)).toThrow();
    expect(reasonOnTombstone(payload)).toBeUndefined();
    expect(successorOnMark(tombstone('revoked', NOW).payload)).toBeUndefined();
  });

  it('counts as an expired sign-in mark if it says neither how nor until when', () => {
    const bare = '{"_sesame":{"successor":"the new key"},"cookie":{"originalMaxAge":null}}';
    expect(successorOnMark(bare)).toMatchObject({ edge: 'sign-in', until: 0 });
  });

  it('is none of what sessions are stored as, whatever they hold', () => {
    fc.assert(
      fc.property(sessionRecord, (record) => {
        const text = serialiseRecord(record);
        expect(mayBeSuccessorMark(text)).toBe(false);
        expect(successorOnMark(text)).toBeUndefined();
      }),
    );
  });

  it('is remembered by the session until the mark expires', () => {
    const marks = { first: NOW, second: NOW + 1, third: NOW + 2 };
    expect(marksInForce(marks, NOW)).toEqual({ second: NOW + 1, third: NOW + 2 });
    expect(marksInForce(marks, NOW + 2)).toBeUndefined();
  });
});
