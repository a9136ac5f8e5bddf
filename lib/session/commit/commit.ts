import type { ReplaceOutcome, Version } from '../../stores/session-store.js';
import { markAt } from '../crossing/mark-at.js';
import { SessionSnapshot } from '../data/snapshot.js';
import {
  IdInUseError,
  requireCookie,
  SessionRotatedError,
  StoreUnavailableError,
} from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import { isIntervalOver } from '../record/timeouts.js';
import type { RequestSession } from '../state/request-session.js';
import { isWorthCreating } from '../state/settle-plan.js';
import type { SessionIndex } from '../users/session-index.js';
import { isIndexDue } from './index-due.js';
import { ownRecord } from './known-record.js';
import type { KnownRecord } from './known-record.js';
import { CommitMember, TouchMember } from './members.js';
import type { Member } from './members.js';
import { UpdateMember } from './update-member.js';
import type { WriteQueue } from './write-queue.js';

/** Stores what requests did to their sessions, so that parallel requests keep each other's changes. */
export class SessionCommit {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly queue: WriteQueue<Member>,
  ) {}

  /**
   * Stores the session as it is now, merged with what other requests stored meanwhile. When it is
   * gone from the store it stays gone, and the session's state says so.
   */
  async save(session: RequestSession): Promise<void> {
    if (session.state.is === 'new') return this.create(session);
    return this.join(new CommitMember(session, session.snapshot(), false));
  }

  /** Does the same for a response that is about to leave. */
  commit(session: RequestSession, changed: SessionSnapshot): Promise<void> {
    return this.join(new CommitMember(session, changed, true));
  }

  /**
   * Changes the session and stores it in one atomic step: when another request stored first,
   * `change` runs again on what that one stored.
   */
  async update<T>(session: RequestSession, change: () => T): Promise<T> {
    const member = new UpdateMember(session, change);
    const { state, written } = session;
    if (state.is === 'stored') await this.join(member);
    const result = member.result();
    try {
      if (session.state.is === 'new' && isWorthCreating(session, this.lifecycle.settings)) {
        await this.create(session);
      }
      this.lifecycle.tokens.prepare(session);
    } catch (error) {
      if (this.lifecycle.tokens.carryRecords) session.goBack(state, written);
      member.undo();
      throw error;
    }
    return result;
  }

  private join(member: Member): Promise<void> {
    // A request that came late may go on until its mark ends, and no longer.
    if (member.session.isTooLate) return Promise.reject(new SessionRotatedError());
    this.queue.join(member);
    return member.done;
  }

  /** Stores a session of which nothing is stored yet. */
  create(session: RequestSession): Promise<void> {
    const { key, budget } = session;
    const { store } = this.lifecycle;
    // Nobody else knows its id yet; if `genid` gave two sessions the same one, the store takes only one of
    // them.
    if (!store.lacksCompareAndSet && !this.queue.isBusy(key)) return this.createNow(session);
    return this.queue.alone(key, budget, () => this.createNow(session));
  }

  private async createNow(session: RequestSession): Promise<void> {
    requireCookie(session.edge);
    const { store, drafts, emit } = this.lifecycle;
    const { userId } = session.record().metadata;
    const metadata = { ...session.record().metadata, cookie: session.view.cookieOverrides() };
    const draft = drafts.of(session, metadata, session.snapshot());
    try {
      let outcome: ReplaceOutcome | 'taken' | 'busy';
      outcome = await store.create(session.key, draft, session.budget);
      if (outcome === 'taken') outcome = await this.replaceUnanswered(session, draft);
      if (typeof outcome === 'string' || 'conflict' in outcome) throw new IdInUseError();
      this.noteWritten(session, draft, outcome.version);
    } catch (error) {
      if (error instanceof StoreUnavailableError) session.noteUnanswered(draft.payload);
      throw error;
    }
    session.written = 'commit';
    emit({ type: 'created', handle: session.handle, userId });
  }

  /** Replaces the record of an earlier attempt of this request, which may have been stored all the same. */
  private async replaceUnanswered(
    { state, key, budget }: RequestSession,
    draft: RecordDraft,
  ): Promise<ReplaceOutcome | 'taken' | 'busy'> {
    if (state.is !== 'new' || state.unanswered.length === 0) return 'taken';
    const { store } = this.lifecycle;
    const there = await store.read(key, budget);
    if (there === undefined || !state.unanswered.includes(there.payload)) return 'taken';
    return store.replace(key, there.version, draft, budget);
  }

  isTouchDue(session: RequestSession): boolean {
    const { state, written, idleExtension } = session;
    if (state.is !== 'stored' || idleExtension === 'never') return false;
    const { settings } = this.lifecycle;
    const isAlways = settings.touchInterval === 0;
    const isDemanded =
      isAlways || idleExtension === 'now' || (this.index.isSupported && session.isUnindexed);
    if (isDemanded && written === 'none') return true;
    return !isAlways && isIntervalOver(session.seenAt(state.stored), settings);
  }

  /** Extends the idle timeout of an unchanged session, unless another request is writing it now. */
  async touch(session: RequestSession): Promise<void> {
    if (session.resolve().state.is !== 'stored' || session.isTooLate) return undefined;
    const { key, budget } = session;
    if (!this.queue.isBusy(key)) {
      return this.queue.alone(
        key,
        budget,
        () => this.touchNow(session),
        () => ownRecord(session),
      );
    }
    const touch = async (): Promise<KnownRecord | undefined> => {
      await this.touchNow(session);
      return session.written === 'none' ? undefined : ownRecord(session);
    };
    return this.join(new TouchMember(session, touch));
  }

  private async touchNow(session: RequestSession): Promise<void> {
    const { state, key, budget } = session;
    if (state.is !== 'stored') return;
    const record = session.record();
    const { store, drafts, settings } = this.lifecycle;
    let { metadata } = record;
    if (isIndexDue(session, record, this.index, this.lifecycle)) {
      if (!(await this.index.refresh(session, metadata))) {
        const mark = await markAt(this.lifecycle, key, budget);
        return mark === undefined ? session.lose() : undefined; // with a mark, it has a new id, and has been seen
      }
      metadata = { ...metadata, indexedAt: settings.clock() };
    }
    const { version, payload } = state.stored;
    const cookie = session.view.cookieAttributes();
    const snapshot = SessionSnapshot.ofStored(session.storedAttributes(), cookie);
    let draft = drafts.of(session, metadata, snapshot);
    const renew = (): Promise<ReplaceOutcome | 'busy'> => store.renew(key, version, draft, budget);
    const outcome = await renew().catch((error: unknown) => {
      if (draft.payload.length <= payload.length) throw error;
      // Another address or user agent made it longer: a store that is full has no room for that.
      draft = drafts.seenNow(session, record.metadata, snapshot);
      return renew();
    });
    if (outcome === 'gone') return session.lose();
    // Whoever wrote meanwhile has extended it; if not, the next touch does.
    if (outcome === 'busy' || 'conflict' in outcome) return;
    this.noteWritten(session, draft, outcome.version);
    if (session.written === 'none') session.written = 'touch';
  }

  private noteWritten(session: RequestSession, draft: RecordDraft, version: Version): void {
    session.become(draft.storedAs(version), draft.record);
    session.view.renewCookie(draft.snapshot.cookie);
  }
}
