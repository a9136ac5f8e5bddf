import type { SessionSettings } from '../../options/session-settings.js';
import { absoluteEndOf, expiryOf } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { SessionSummary } from './session-summary.js';

/** Returns what a user may see of a record. */
export function summaryOf(
  record: Lifetime,
  handle: string,
  current: boolean,
  settings: SessionSettings,
): SessionSummary {
  const { userId = '', createdAt, seenAt, authenticatedAt, ip, userAgent } = record.metadata;
  const end = absoluteEndOf(record, settings);
  return {
    handle,
    userId,
    createdAt: new Date(createdAt),
    seenAt: new Date(seenAt),
    expiresAt: new Date(expiryOf(record, settings)),
    endsAt: end === undefined ? undefined : new Date(end),
    authenticatedAt: new Date(authenticatedAt ?? createdAt),
    ip,
    userAgent,
    current,
  };
}
