import type { SessionRecord } from '../record/session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { SessionSummary } from './session-summary.js';
import { expiryOf } from '../record/timeouts.js';

/** What a record tells its user. */
export function summaryOf(
  record: SessionRecord,
  handle: string,
  current: boolean,
  settings: SessionSettings,
): SessionSummary {
  const { userId = '', createdAt, seenAt, authenticatedAt, ip, userAgent } = record.metadata;
  return {
    handle,
    userId,
    createdAt: new Date(createdAt),
    seenAt: new Date(seenAt),
    expiresAt: new Date(expiryOf(record, settings)),
    authenticatedAt: new Date(authenticatedAt ?? createdAt),
    ip,
    userAgent,
    current,
  };
}
