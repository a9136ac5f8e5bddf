import type { ReadRecord, ReplaceOutcome } from '../stores/session-store.js';
import { compareAndSwap } from './storage/compare-and-swap.js';
import { IdInUseError, SessionUnusableError, StoreUnavailableError } from './errors.js';
import type { Lifecycle } from './lifecycle.js';
import { applyChanges, changesBetween } from './data/merge.js';
import type { SessionMetadata, SessionRecord } from './record/session-record.js';
import { isIntervalOver } from './record/timeouts.js';
import type { RecordDraft } from './record-draft.js';
import type { RequestSession } from './state/request-session.js';
import { isWorthCreating } from './state/settle-plan.js';
import { SessionSnapshot } from './data/snapshot.js';
import type { SessionIndex } from './users/session-index.js';

/** What a commit changes in a record beside its attributes. */
type MetadataChanges = Pick<SessionMetadata, 'cookie' | 'indexedAt'>;

/** The draft that should replace a record; `newer` where another request wrote the one there. */
type NextDraft = (current: SessionRecord, newer: ReadRecord | undefined) => RecordDraft;

/** Stores what requests did to their sessions, so that parallel requests keep each other's changes. */
export class SessionCommit {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  /**
   * Stores the session as it is now, merged with what other requests stored meanwhile. When it is
   * gone from the store it stays gone, and the session's state says so.
   * @param changed what it holds, where that is known already
   */
  async commit(session: RequestSession, changed?: SessionSnapshot): Promise<void> {
    if (session.state.is === 'new') return this.create(session);
    const snapshot = changed ?? session.snapshot();
    const changes = await this.metadataChanges(session);
    if (changes === undefined) return;
    let isMerged = false;
    const written = await this.write(session, changes, (current, newer) => {
      const metadata = { ...current.metadata, ...changes };
      isMerged = newer !== undefined;
      if (!isMerged) return this.lifecycle.drafts.of(session, metadata, snapshot);
      const own = changesBetween(session.storedAttributes(), snapshot.copy());
      const merged = snapshot.with(applyChanges(current.attributes, own));
      return this.lifecycle.drafts.of(session, metadata, merged);
    });
    // The object in the application's hands learns what the others stored, and keeps what it was
    // given while this write was under way.
    if (written && isMerged) session.showNewer(written.record.attributes, snapshot.copy());
  }

  /** Stores a session of which nothing is stored yet. */
  async create(session: RequestSession): Promise<void> {
    const { store, drafts, emit } = this.lifecycle;
    const { userId } = session.record().metadata;
    const metadata = { ...session.record().metadata, cookie: session.view.cookieOverrides() };
    const draft = drafts.of(session, metadata, session.snapshot());
    try {
      let outcome: ReplaceOutcome | 'taken';
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

  /** An earlier attempt of this request may have been stored all the same; then it is in the way. */
  private async replaceUnanswered(
    { state, key, budget }: RequestSession,
    draft: RecordDraft,
  ): Promise<ReplaceOutcome | 'taken'> {
    if (state.is !== 'new' || state.unanswered.length === 0) return 'taken';
    const { store } = this.lifecycle;
    const there = await store.read(key, budget);
    if (there === undefined || !state.unanswered.includes(there.payload)) return 'taken';
    return store.replace(key, there.version, draft, budget);
  }

  isTouchDue(session: RequestSession): boolean {
    const { state, written } = session;
    if (state.is !== 'stored') return false;
    const isDemanded = session.isTouchDemanded || (this.index.isSupported && session.isUnindexed);
    if (isDemanded && written === 'none') return true;
    return isIntervalOver(session.seenAt(state.stored), this.lifecycle.settings);
  }

  /** Extends the idle timeout of an unchanged session; whoever wrote meanwhile has done as much. */
  async touch(session: RequestSession): Promise<void> {
    const { state } = session.resolve();
    if (state.is !== 'stored') return;
    const { store, drafts } = this.lifecycle;
    const indexed = this.isIndexDue(session) ? await this.refreshIndex(session) : {};
    if (indexed === undefined) return;
    const { version, payload } = state.stored;
    const { metadata } = session.record();
    const cookie = session.view.cookieAttributes();
    const snapshot = SessionSnapshot.ofStored(session.storedAttributes(), cookie);
    let draft = drafts.of(session, { ...metadata, ...indexed }, snapshot);
    const renew = (): Promise<ReplaceOutcome> =>
      store.renew(session.key, version, draft, session.budget);
    const outcome = await renew().catch((error: unknown) => {
      if (draft.payload.length <= payload.length) throw error;
      // Another address or user agent made it longer: a store that is full has no room for that.
      draft = drafts.seenNow(session, metadata, snapshot);
      return renew();
    });
    if (outcome === 'gone') return session.lose();
    if ('conflict' in outcome) return;
    this.noteWritten(session, draft, outcome.version);
    if (session.written === 'none') session.written = 'touch';
  }

  /**
   * Changes the session and stores it in one atomic step: when another request stored first,
   * `change` runs again on what that one stored.
   */
  async update<T>(session: RequestSession, change: () => T): Promise<T> {
    const { settings, drafts } = this.lifecycle;
    const { view } = session;
    let base = session.storedAttributes();
    let pending = changesBetween(base, view.attributes());
    const changed = (): T => {
      view.fill(applyChanges(base, pending));
      try {
        return refusePromise(change());
      } catch (error) {
        view.fill(applyChanges(base, pending));
        throw error;
      }
    };
    let result = changed();
    if (session.state.is === 'new') {
      if (isWorthCreating(session, settings)) await this.create(session);
      return result;
    }
    const first = session.state.is === 'stored' ? session.changed() : undefined;
    if (first === undefined) return result;
    const changes = await this.metadataChanges(session);
    if (changes === undefined) return result;
    let snapshot = first;
    await this.write(session, changes, (current, newer) => {
      if (newer !== undefined) {
        pending = new Map([...pending, ...changesBetween(snapshot.copy(), view.attributes())]);
        base = current.attributes;
        session.become(newer, current); // which the session object is made to follow
        result = changed();
        snapshot = session.snapshot();
      }
      return drafts.of(session, { ...current.metadata, ...changes }, snapshot);
    });
    return result;
  }

  /** Replaces the session's record, or one that another request put there meanwhile. */
  private async write(
    session: RequestSession,
    changes: MetadataChanges,
    next: NextDraft,
  ): Promise<RecordDraft | undefined> {
    const { store, records } = this.lifecycle;
    const { state } = session;
    if (state.is !== 'stored') return undefined;
    const written = await compareAndSwap(state.stored, async (seen) => {
      const isOwn = seen === state.stored;
      const current = isOwn ? session.record() : records.read(seen, session);
      if (typeof current === 'string') return 'gone';
      const draft = next(current, isOwn ? undefined : seen);
      const outcome = await store.replace(session.key, seen.version, draft, session.budget);
      return outcome === 'gone' || 'conflict' in outcome ? outcome : { draft, ...outcome };
    });
    if (written === 'gone') {
      session.lose();
      return undefined;
    }
    this.noteWritten(session, written.draft, written.version);
    session.written = 'commit';
    if ('cookie' in changes) session.outdateCookie();
    return written.draft;
  }

  private noteWritten(
    session: RequestSession,
    { payload, record, snapshot }: RecordDraft,
    version: ReadRecord['version'],
  ): void {
    session.become({ payload, version }, record);
    session.view.renewCookie(snapshot.cookie);
  }

  /** What the record should say of its cookie and its index; `undefined` when the session is over. */
  private async metadataChanges(session: RequestSession): Promise<MetadataChanges | undefined> {
    const hasNewCookie = session.view.hasChangedCookie();
    const cookie = hasNewCookie ? { cookie: session.view.cookieOverrides() } : {};
    if (!hasNewCookie && !this.isIndexDue(session)) return cookie;
    const indexed = await this.refreshIndex(session, cookie);
    return indexed && { ...cookie, ...indexed };
  }

  /** Another cookie may let the session live longer than its entry in the index. */
  private isIndexDue(session: RequestSession): boolean {
    return this.hasOtherLifetime(session) || this.index.isRefreshDue(session.record().metadata);
  }

  /** What the write should note of the index; `undefined` when the index says that it is over. */
  private async refreshIndex(
    session: RequestSession,
    changes: MetadataChanges = {},
  ): Promise<MetadataChanges | undefined> {
    const metadata = { ...session.record().metadata, ...changes };
    if (await this.index.refresh(session, metadata)) {
      return { indexedAt: this.lifecycle.settings.clock() };
    }
    session.lose();
    return undefined;
  }

  /** True when a `cookie` function gives this request another lifetime than the record was written with. */
  private hasOtherLifetime(session: RequestSession): boolean {
    const { view } = session;
    const record = session.record();
    if (!this.lifecycle.settings.cookieVaries) return false;
    const { originalMaxAge } = view.configuredCookie(record.metadata.cookie);
    return originalMaxAge !== record.cookie.originalMaxAge;
  }
}

function refusePromise<T>(result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined); // it is refused whatever comes of it
    throw new SessionUnusableError(
      'The function given to update() returned a promise. It may run more than once and must be synchronous: await first, then change the session in update().',
    );
  }
  return result;
}
