import type { TimeoutReason } from './absence.js';
import type { SessionMetadata, SessionRecord } from './session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';

/** What says how long a session lives. */
export type Lifetime = Pick<SessionRecord, 'metadata' | 'cookie'>;

/** When the session ends unless it is used again: the nearer of idle and absolute expiry. */
export function expiryOf(lifetime: Lifetime, settings: SessionSettings): number {
  const { createdAt, seenAt } = lifetime.metadata;
  const absolute = absoluteTimeoutOf(lifetime, settings);
  const idleEnd = seenAt + idleTimeoutOf(lifetime, settings);
  return absolute === null ? idleEnd : Math.min(idleEnd, createdAt + absolute);
}

export function timeoutReason(
  lifetime: Lifetime,
  settings: SessionSettings,
  now: number,
): TimeoutReason | undefined {
  const { createdAt, seenAt } = lifetime.metadata;
  const absolute = absoluteTimeoutOf(lifetime, settings);
  if (absolute !== null && createdAt + absolute <= now) return 'absolute-timeout';
  return seenAt + idleTimeoutOf(lifetime, settings) <= now ? 'expired' : undefined;
}

/**
 * True when a touch interval has passed since a time. One that is as far ahead was noted by an instance
 * whose clock is wrong, and must not put off what keeps the session alive.
 */
export function hasPassed(since: number, { clock, touchInterval }: SessionSettings): boolean {
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

function idleTimeoutOf(lifetime: Lifetime, settings: SessionSettings): number {
  return lifetime.metadata.idleTimeout ?? ownMaxAge(lifetime, settings) ?? settings.idleTimeout;
}

function absoluteTimeoutOf(lifetime: Lifetime, settings: SessionSettings): number | null {
  const { absoluteTimeout } = lifetime.metadata;
  if (absoluteTimeout !== undefined) return absoluteTimeout;
  const maxAge = ownMaxAge(lifetime, settings);
  const tooShort = maxAge !== undefined && maxAge > (settings.absoluteTimeout ?? Infinity);
  return tooShort && settings.absoluteIsDefault ? null : settings.absoluteTimeout;
}

/**
 * The lifetime of the session's cookie, where nobody chose an idle timeout: what the application
 * set on this session, or else what its `cookie` function said when the record was written.
 */
function ownMaxAge({ metadata, cookie }: Lifetime, settings: SessionSettings): number | undefined {
  if (!settings.idleFollowsCookie) return undefined;
  const given = settings.cookieVaries ? cookie.originalMaxAge : undefined;
  const own = metadata.cookie?.originalMaxAge;
  const maxAge = own === undefined ? given : own;
  return typeof maxAge === 'number' && maxAge > 0 ? maxAge : undefined;
}
