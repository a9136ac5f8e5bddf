import type { ReadRecord } from '../stores/session-store.js';
import type { Lifecycle } from './lifecycle.js';
import { peekSeenAt } from './record/record-text.js';
import type { SessionRecord } from './record/session-record.js';
import { expiryOf, isIntervalOver } from './record/timeouts.js';
import type { RequestSession } from './state/request-session.js';

/**
 * Records that plain express-session may use as well, as while an application moves. express-session leaves
 * Sesame's metadata as they are, so that by these alone, a session that was used only there looks idle.
 */
export class SharedRecords {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** False for a record that nobody but Sesame can have used, or not for long; nothing is parsed. */
  mayLookIdle({ payload }: ReadRecord): boolean {
    const { hashIds, encryptionKeys } = this.lifecycle.settings;
    if (hashIds || encryptionKeys !== undefined) return false;
    const seenAt = peekSeenAt(payload);
    return seenAt === undefined || isIntervalOver(seenAt, this.lifecycle.settings);
  }

  /**
   * Returns the record of a session that is idle by its metadata, and that express-session has used since. It
   * counts as used now, like every record of express-session's. The index of users is told of it again, since
   * its entry there has expired.
   */
  async usedElsewhere(
    session: RequestSession,
    { payload }: ReadRecord,
  ): Promise<SessionRecord | undefined> {
    const { format, settings } = this.lifecycle;
    const opened = format.open(payload, session.key);
    if (opened.is !== 'expired' || opened.reason !== 'expired') return undefined;
    const { record } = opened;
    if (!(await this.wasUsed(session, record))) return undefined;
    const metadata = { ...record.metadata, seenAt: settings.clock(), indexedAt: undefined };
    return { ...record, metadata };
  }

  /**
   * True if express-session has used the session. It writes the end of the cookie into a record, or none if
   * the cookie ends with the browser. Its touch may leave even that, and only makes the store keep the record
   * for longer.
   */
  private async wasUsed(session: RequestSession, record: SessionRecord): Promise<boolean> {
    const { expires, originalMaxAge } = record.cookie;
    if (expires === undefined) return true;
    const end = new Date(expires).getTime();
    const isOurs = end === expiryOf(record, this.lifecycle.settings);
    const usedAt = originalMaxAge === null ? 0 : end - originalMaxAge;
    if (!isOurs && usedAt > record.metadata.seenAt) return true;
    return this.lifecycle.store.isKeptBeyond(session.key, end, session.budget);
  }
}
