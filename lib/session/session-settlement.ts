import type { PendingWork } from './storage/pending-work.js';
import type { RequestSession } from './request-session.js';
import type { SessionCommit } from './commit.js';
import { StoreUnavailableError } from './errors.js';
import type { SessionObserver } from './events.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionTokens } from './token/session-tokens.js';

/** What is left to be stored when a response is about to leave. */
export class SessionSettlement {
  constructor(
    private readonly settings: SessionSettings,
    private readonly commits: SessionCommit,
    private readonly tokens: SessionTokens,
    private readonly pending: PendingWork,
    private readonly observer: SessionObserver,
    private readonly end: (session: RequestSession) => Promise<void>,
  ) {}

  /** `undefined` when there is nothing to do, so that a clean response stays synchronous. */
  settle(session: RequestSession): Promise<void> | undefined {
    if (session.isBusy)
      return this.pending.add(session.inOrder(async () => this.settleNow(session)));
    const work = this.settleNow(session);
    return work === undefined ? undefined : this.pending.add(session.inOrder(() => work));
  }

  private settleNow(session: RequestSession): Promise<void> | undefined {
    const stored = this.storeChanges(session);
    if (!this.tokens.carryRecords) return stored;
    if (stored !== undefined) return stored.then(() => this.tokens.prepare(session));
    this.tokens.prepare(session);
    return undefined;
  }

  private storeChanges(session: RequestSession): Promise<void> | undefined {
    if (session.failure !== undefined) this.refuseLoss(session, session.failure);
    if (session.state !== 'open') return undefined;
    if (session.isUnset) return this.isEndAsked(session) ? this.end(session) : undefined;
    if (session.stored === undefined) {
      return this.commits.isWorthCreating(session) ? this.commits.create(session) : undefined;
    }
    const changed = session.isViewed ? session.changedSnapshot() : undefined;
    if (changed !== undefined) return this.commits.commit(session, changed);
    return this.commits.isTouchDue(session) ? this.touchQuietly(session) : undefined;
  }

  /** What was done to a session that could not be read must not be answered as if it were stored. */
  private refuseLoss(session: RequestSession, failure: StoreUnavailableError): void {
    const isChanged = session.holdsAnything || session.hasChangedCookie;
    if (isChanged || this.isEndAsked(session)) throw failure;
  }

  private isEndAsked(session: RequestSession): boolean {
    return session.isUnset && this.settings.unset === 'destroy';
  }

  /** A touch that fails costs nobody a good response; the next request tries again. */
  private async touchQuietly(session: RequestSession): Promise<void> {
    try {
      await this.commits.touch(session);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.observer.error("A session's idle timeout was not extended.", error);
    }
  }
}
