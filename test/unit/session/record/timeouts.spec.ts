import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionSettings } from '../../../../lib/options/session-settings.js';
import type { SessionMetadata } from '../../../../lib/session/record/session-record.js';
import * as timeouts from '../../../../lib/session/record/timeouts.js';
import { settingsOf } from '../../settings-of.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_700_000_000_000;
const begun = { createdAt: START, seenAt: START };

const cookie = { originalMaxAge: null };

function expiryOf(metadata: SessionMetadata, settings: SessionSettings): number {
  return timeouts.expiryOf({ metadata, cookie }, settings);
}

function timeoutReason(metadata: SessionMetadata, settings: SessionSettings, now: number) {
  return timeouts.timeoutReason({ metadata, cookie }, { ...settings, clock: () => now });
}

/** A session that has just begun, with a `cookie.maxAge` of its own. */
function own(originalMaxAge: number | null): SessionMetadata {
  return { ...begun, cookie: { originalMaxAge } };
}

describe('expiryOf', () => {
  it('is the idle expiry while that comes first', () => {
    const settings = settingsOf({ idleTimeout: '30m', absoluteTimeout: '12h' });
    expect(expiryOf({ createdAt: START, seenAt: START + HOUR }, settings)).toBe(
      START + HOUR + 30 * MINUTE,
    );
  });

  it('is the absolute expiry once that comes first', () => {
    const settings = settingsOf({ idleTimeout: '30m', absoluteTimeout: '12h' });
    const metadata = { createdAt: START, seenAt: START + 12 * HOUR - MINUTE };
    expect(expiryOf(metadata, settings)).toBe(START + 12 * HOUR);
  });

  it('is the idle expiry without an absolute timeout', () => {
    const settings = settingsOf({ idleTimeout: '30m', absoluteTimeout: null });
    const metadata = { createdAt: START, seenAt: START + 400 * DAY };
    expect(expiryOf(metadata, settings)).toBe(START + 400 * DAY + 30 * MINUTE);
  });

  it("uses a session's own timeouts if it has any", () => {
    const metadata = { ...begun, idleTimeout: 2 * DAY, absoluteTimeout: 3 * DAY };
    expect(expiryOf(metadata, settingsOf())).toBe(START + 2 * DAY);
    expect(expiryOf({ ...metadata, seenAt: START + 2 * DAY }, settingsOf())).toBe(START + 3 * DAY);
  });

  describe('of a session with its own cookie.maxAge', () => {
    it('uses that maxAge if no idleTimeout was chosen', () => {
      expect(expiryOf(own(5 * MINUTE), settingsOf())).toBe(START + 5 * MINUTE);
    });

    it('uses the idleTimeout that was chosen', () => {
      const settings = settingsOf({ idleTimeout: '30m' });
      expect(expiryOf(own(5 * MINUTE), settings)).toBe(START + 30 * MINUTE);
    });

    it('ignores an absoluteTimeout that is only the default', () => {
      expect(expiryOf(own(7 * DAY), settingsOf())).toBe(START + 7 * DAY);
    });

    it('keeps to an absoluteTimeout that was chosen', () => {
      expect(expiryOf(own(7 * DAY), settingsOf({ absoluteTimeout: '1d' }))).toBe(START + DAY);
    });

    it.each([null, 0, -5])('is not misled by a maxAge of %p', (maxAge) => {
      expect(expiryOf(own(maxAge), settingsOf())).toBe(START + 30 * MINUTE);
    });
  });
});

describe('isIntervalOver', () => {
  const settings = settingsOf({ touchInterval: '1m', clock: () => START });

  it.each([
    ['a minute ago', -MINUTE, true],
    ['less than that ago', -MINUTE + 1, false],
    ['now', 0, false],
    ['a little ahead, by another clock', MINUTE - 1, false],
    ['a minute ahead, by a wrong clock', MINUTE, true],
    ['years ahead', 3_650 * DAY, true],
  ])('of a time %s', (_when, offset, expected) => {
    expect(timeouts.isIntervalOver(START + offset, settings)).toBe(expected);
  });
});

describe('seenNow', () => {
  const settings = settingsOf({ touchInterval: '1m', clock: () => START });
  const seenNow = (seen: number, rest: Partial<SessionMetadata> = {}): SessionMetadata =>
    timeouts.seenNow({ createdAt: START - HOUR, ...rest, seenAt: START + seen }, settings);

  it.each([
    ['before', -HOUR, 0],
    ['a little ahead, by another clock', MINUTE - 1, MINUTE - 1],
    ['ahead by a wrong clock', MINUTE, 0],
  ])('of a session that was seen %s', (_when, seen, expected) => {
    expect(seenNow(seen).seenAt).toBe(START + expected);
  });

  it('never leaves createdAt or authenticatedAt later than seenAt', () => {
    const ahead = { createdAt: START + HOUR, authenticatedAt: START + HOUR };
    expect(seenNow(HOUR, ahead)).toEqual({
      seenAt: START,
      createdAt: START,
      authenticatedAt: START,
    });
  });

  it('leaves earlier times as they are', () => {
    const before = { createdAt: START - DAY, authenticatedAt: START - HOUR, userId: 'ada' };
    expect(seenNow(-MINUTE, before)).toEqual({ ...before, seenAt: START });
  });
});

describe('with a cookie function', () => {
  const varying = settingsOf({ cookie: () => ({}) });
  const written = (originalMaxAge: number | null, metadata: SessionMetadata = begun) => ({
    metadata,
    cookie: { originalMaxAge },
  });

  it('uses the maxAge that the function returned when the record was written', () => {
    expect(timeouts.expiryOf(written(7 * DAY), varying)).toBe(START + 7 * DAY);
    expect(timeouts.expiryOf(written(null), varying)).toBe(START + 30 * MINUTE);
    const then = { ...varying, clock: () => START + 7 * DAY };
    expect(timeouts.timeoutReason(written(7 * DAY), then)).toBe('expired');
  });

  it("uses the session's own maxAge, even if that is null", () => {
    expect(timeouts.expiryOf(written(7 * DAY, own(DAY)), varying)).toBe(START + DAY);
    expect(timeouts.expiryOf(written(7 * DAY, own(null)), varying)).toBe(START + 30 * MINUTE);
  });

  it('uses the idleTimeout that was chosen', () => {
    const chosen = settingsOf({ cookie: () => ({}), idleTimeout: '1h' });
    expect(timeouts.expiryOf(written(7 * DAY), chosen)).toBe(START + HOUR);
  });

  it('ignores the maxAge in the record without one: the record may be older than the configuration', () => {
    expect(timeouts.expiryOf(written(7 * DAY), settingsOf())).toBe(START + 30 * MINUTE);
  });
});

describe('timeoutReason', () => {
  const settings = settingsOf({ idleTimeout: '30m', absoluteTimeout: '12h' });

  it('is undefined until the very moment of expiry', () => {
    expect(timeoutReason(begun, settings, START + 30 * MINUTE - 1)).toBeUndefined();
  });

  it("is 'expired' for a session that was not used", () => {
    expect(timeoutReason(begun, settings, START + 30 * MINUTE)).toBe('expired');
  });

  it("is 'absolute-timeout' for a session that was used to its very end", () => {
    const metadata = { createdAt: START, seenAt: START + 12 * HOUR - 1 };
    expect(timeoutReason(metadata, settings, START + 12 * HOUR - 1)).toBeUndefined();
    expect(timeoutReason(metadata, settings, START + 12 * HOUR)).toBe('absolute-timeout');
  });

  it('begins to give a reason at expiryOf, whatever the session', () => {
    const timeout = fc.integer({ min: 1, max: DAY });
    const metadata = fc.record({
      createdAt: fc.constant(START),
      seenAt: fc.integer({ min: START, max: START + DAY }),
      idleTimeout: fc.option(timeout, { nil: undefined }),
      absoluteTimeout: fc.option(timeout, { nil: undefined }),
      cookie: fc.option(fc.record({ originalMaxAge: fc.option(timeout) }), { nil: undefined }),
    });
    fc.assert(
      fc.property(metadata, fc.constantFrom(settings, settingsOf()), (metadata, settings) => {
        const expiry = expiryOf(metadata, settings);
        expect(timeoutReason(metadata, settings, expiry - 1)).toBeUndefined();
        expect(timeoutReason(metadata, settings, expiry)).toBeDefined();
      }),
    );
  });
});
