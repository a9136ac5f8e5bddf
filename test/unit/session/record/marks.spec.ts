import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { reasonOnTombstone, tombstone } from '../../../../lib/session/record/marks.js';
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

  it('is no record, and has not been seen at any time', () => {
    const { payload } = tombstone('revoked', NOW);
    expect(() => parseRecord(payload, NOW)).toThrow();
    expect(peekSeenAt(payload)).toBeUndefined();
  });

  it('is what plain express-session reads as a session that holds nothing', () => {
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
