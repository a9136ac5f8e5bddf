import type { Lifecycle } from '../lifecycle.js';
import type { RequestSession } from '../state/request-session.js';
import type { SessionIndex } from '../users/session-index.js';
import type { KnownRecord } from './known-record.js';

/** True when the index should learn of a session's expiry, or when another cookie lets it live longer. */
export function isIndexDue(
  { view }: RequestSession,
  { metadata, cookie }: Pick<KnownRecord, 'metadata' | 'cookie'>,
  index: SessionIndex,
  { settings }: Lifecycle,
): boolean {
  if (index.isRefreshDue(metadata)) return true;
  // A `cookie` function may give this request another lifetime than the record was written with.
  if (!settings.cookieVaries) return false;
  return view.configuredCookie(metadata.cookie).originalMaxAge !== cookie.originalMaxAge;
}
