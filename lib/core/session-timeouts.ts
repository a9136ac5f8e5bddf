import type { SessionMetadata } from './session-record.js';
import type { SessionSettings } from './session-settings.js';

/** Why a session that was found in the store is over all the same. */
export type TimeoutReason = 'expired' | 'absolute-timeout';

/** When the session ends unless it is used again: the nearer of idle and absolute expiry. */
export function expiryOf(metadata: SessionMetadata, settings: SessionSettings): number {
  const absolute = absoluteTimeoutOf(metadata, settings);
  const idleEnd = metadata.seenAt + idleTimeoutOf(metadata, settings);
  return absolute === null ? idleEnd : Math.min(idleEnd, metadata.createdAt + absolute);
}

export function timeoutReason(
  metadata: SessionMetadata,
  settings: SessionSettings,
  now: number,
): TimeoutReason | undefined {
  const absolute = absoluteTimeoutOf(metadata, settings);
  if (absolute !== null && metadata.createdAt + absolute <= now) return 'absolute-timeout';
  return metadata.seenAt + idleTimeoutOf(metadata, settings) <= now ? 'expired' : undefined;
}

function idleTimeoutOf(metadata: SessionMetadata, settings: SessionSettings): number {
  return metadata.idleTimeout ?? ownMaxAge(metadata, settings) ?? settings.idleTimeout;
}

function absoluteTimeoutOf(metadata: SessionMetadata, settings: SessionSettings): number | null {
  if (metadata.absoluteTimeout !== undefined) return metadata.absoluteTimeout;
  const maxAge = ownMaxAge(metadata, settings);
  const tooShort = maxAge !== undefined && maxAge > (settings.absoluteTimeout ?? Infinity);
  return tooShort && settings.absoluteIsDefault ? null : settings.absoluteTimeout;
}

/** `session.cookie.maxAge`, where the application set it and did not choose an idle timeout. */
function ownMaxAge(metadata: SessionMetadata, settings: SessionSettings): number | undefined {
  const maxAge = metadata.cookie?.originalMaxAge;
  if (!settings.idleFollowsCookie || typeof maxAge !== 'number') return undefined;
  return maxAge > 0 ? maxAge : undefined;
}
