import type { SessionSettings } from '../../options/session-settings.js';
import { followCookie } from '../../options/timeouts.js';
import type { Timeouts } from '../../options/timeouts.js';
import type { TimeoutReason } from './absence.js';
import type { SessionMetadata, SessionRecord } from './session-record.js';

/** What decides how long a session lives. */
export type Lifetime = Pick<SessionRecord, 'metadata' | 'cookie'>;

/** Returns when the session ends if it is not used again: by the first of the idle and absolute timeouts. */
export function expiryOf(lifetime: Lifetime, settings: SessionSettings): number {
  const { createdAt, seenAt } = lifetime.metadata;
  const { idle, absolute } = timeoutsOf(lifetime, settings);
  return Math.min(seenAt + idle, createdAt + (absolute ?? Infinity));
}

/** Returns when the session ends however much it is used; `undefined` for no such end. */
export function absoluteEndOf(lifetime: Lifetime, settings: SessionSettings): number | undefined {
  const { absolute } = timeoutsOf(lifetime, settings);
  return absolute === null ? undefined : lifetime.metadata.createdAt + absolute;
}

/**
 * Returns the earliest time at which the session may have been there. One that was taken over from
 * express-session is older than its record says: it may have been idle until then for as long as a session
 * may be.
 */
export function earliestBeginOf(lifetime: Lifetime, settings: SessionSettings): number {
  const { createdAt, takenOver } = lifetime.metadata;
  return takenOver === true ? createdAt - timeoutsOf(lifetime, settings).idle : createdAt;
}

/** Returns which timeout has ended the session; `undefined` while none has. */
export function timeoutReason(
  lifetime: Lifetime,
  settings: SessionSettings,
  now = settings.clock(),
): TimeoutReason | undefined {
  const { createdAt, seenAt } = lifetime.metadata;
  const { idle, absolute } = timeoutsOf(lifetime, settings);
  if (createdAt + (absolute ?? Infinity) <= now) return 'absolute-timeout';
  return seenAt + idle <= now ? 'expired' : undefined;
}

/**
 * Returns the session's own timeouts; else those that follow its cookie's lifetime; else the configured ones.
 */
function timeoutsOf({ metadata, cookie }: Lifetime, settings: SessionSettings): Timeouts {
  const own = metadata.cookie?.originalMaxAge;
  // The record's cookie has what the `cookie` function returned when it was written.
  const maxAge = own === undefined && settings.cookieVaries ? cookie.originalMaxAge : own;
  const { idle, absolute } = followCookie(maxAge, settings.timeouts, settings.isChosen);
  return {
    idle: metadata.idleTimeout ?? idle,
    absolute: metadata.absoluteTimeout ?? absolute,
  };
}

/**
 * True if a touch interval has passed since a time, or if the time is that far ahead: then it comes from
 * an instance whose clock is wrong, and must not delay the next touch.
 */
export function isIntervalOver(since: number, { clock, touchInterval }: SessionSettings): boolean {
  return Math.abs(clock() - since) >= touchInterval;
}

/**
 * Returns the metadata of a session that is seen now, or that is written without being used. A time from an
 * instance whose clock is ahead by less than a touch interval is kept; one further ahead would keep the
 * session beyond its timeouts.
 */
export function seenNow(
  metadata: SessionMetadata,
  settings: SessionSettings,
  isUse = true,
): SessionMetadata {
  const now = settings.clock();
  const isAhead = metadata.seenAt - now >= settings.touchInterval;
  const seenAt = isAhead ? now : Math.max(isUse ? now : 0, metadata.seenAt);
  const { createdAt, authenticatedAt } = metadata;
  return {
    ...metadata,
    seenAt,
    createdAt: Math.min(createdAt, seenAt),
    authenticatedAt: authenticatedAt && Math.min(authenticatedAt, seenAt),
  };
}
