import type { SessionSettings } from '../../options/session-settings.js';
import { followCookie } from '../../options/timeouts.js';
import type { Timeouts } from '../../options/timeouts.js';
import type { TimeoutReason } from './absence.js';
import type { SessionMetadata, SessionRecord } from './session-record.js';

/** What says how long a session lives. */
export type Lifetime = Pick<SessionRecord, 'metadata' | 'cookie'>;

/** When the session ends unless it is used again: the nearer of idle and absolute expiry. */
export function expiryOf(lifetime: Lifetime, settings: SessionSettings): number {
  const { createdAt, seenAt } = lifetime.metadata;
  const { idle, absolute } = timeoutsOf(lifetime, settings);
  return Math.min(seenAt + idle, createdAt + (absolute ?? Infinity));
}

/** Why the session is over by now; `undefined` while it is not. */
export function timeoutReason(
  lifetime: Lifetime,
  settings: SessionSettings,
): TimeoutReason | undefined {
  const { createdAt, seenAt } = lifetime.metadata;
  const { idle, absolute } = timeoutsOf(lifetime, settings);
  const now = settings.clock();
  if (createdAt + (absolute ?? Infinity) <= now) return 'absolute-timeout';
  return seenAt + idle <= now ? 'expired' : undefined;
}

/** Those of the session itself; else by the lifetime of its cookie, where that counts; else as configured. */
function timeoutsOf({ metadata, cookie }: Lifetime, settings: SessionSettings): Timeouts {
  const own = metadata.cookie?.originalMaxAge;
  // What a `cookie` function said when the record was written.
  const maxAge = own === undefined && settings.cookieVaries ? cookie.originalMaxAge : own;
  const { idle, absolute } = followCookie(maxAge, settings.timeouts, settings.isChosen);
  return {
    idle: metadata.idleTimeout ?? idle,
    absolute: metadata.absoluteTimeout ?? absolute,
  };
}

/**
 * True when a touch interval has passed since a time. One that is as far ahead was noted by an instance
 * whose clock is wrong, and must not put off what keeps the session alive.
 */
export function isIntervalOver(since: number, { clock, touchInterval }: SessionSettings): boolean {
  return Math.abs(clock() - since) >= touchInterval;
}

/**
 * The metadata of a session that is seen now. What another instance noted stands, while its clock is
 * ahead by less than a touch interval; a time beyond that would keep the session past its timeouts.
 */
export function seenNow(metadata: SessionMetadata, settings: SessionSettings): SessionMetadata {
  const now = settings.clock();
  const isAhead = metadata.seenAt - now >= settings.touchInterval;
  const seenAt = isAhead ? now : Math.max(now, metadata.seenAt);
  const { createdAt, authenticatedAt } = metadata;
  return {
    ...metadata,
    seenAt,
    createdAt: Math.min(createdAt, seenAt),
    authenticatedAt: authenticatedAt && Math.min(authenticatedAt, seenAt),
  };
}
