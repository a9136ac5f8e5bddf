import type { StoreOutcome } from '../stores/session-store.js';
import type { BoundedStore } from './storage/bounded-store.js';
import type { RequestSession } from './request-session.js';
import { idInUse, SessionUnusableError, StoreUnavailableError } from './errors.js';
import type { Emit } from './events.js';
import { applyChanges, changesBetween } from './merge.js';
import type { SessionMetadata } from './record/session-record.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSnapshot } from './snapshot.js';
import { hasPassed } from './record/timeouts.js';
import type { Draft, NextDraft, SessionWriter } from './record-draft.js';
import type { UserSessions } from './users/user-sessions.js';

/** What a record notes of its entry in the index of users. */
type IndexNotes = Pick<SessionMetadata, 'indexedAt'>;

const UNCHANGED: IndexNotes = {};

/** Stores what requests did to their sessions, so that parallel requests keep each other's changes. */
export class SessionCommit {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly writer: SessionWriter,
    private readonly users: UserSessions,
    private readonly emit: Emit,
  ) {}

  /** A new session is stored when it holds something, unless `saveUninitialized` asks for more. */
  isWorthCreating(session: RequestSession): boolean {
    return this.settings.saveUninitialized || session.holdsAnything;
  }

  isTouchDue(session: RequestSession): boolean {
    const isDemanded = session.isTouchDemanded || (this.users.isSupported && session.isUnindexed);
    if (isDemanded && !session.isTouched && !session.isCommitted) return true;
    return hasPassed(session.seenAt(), this.settings);
  }

  /**
   * Stores the session as it is now, merged with what other requests stored meanwhile. When it is
   * gone from the store it stays gone, and the session's state says so.
   * @param changed what it holds, where that is known already
   */
  async commit(session: RequestSession, changed?: SessionSnapshot): Promise<void> {
    if (session.stored === undefined) return this.create(session);
    const snapshot = changed ?? session.snapshot();
    const hasNewCookie = session.hasChangedCookie;
    const overrides = hasNewCookie ? { cookie: session.cookieOverrides() } : {};
    const indexed = this.isIndexDue(session, overrides)
      ? await this.refreshIndex(session, overrides)
      : UNCHANGED;
    let isMerged = false;
    const next: NextDraft = (current, refused) => {
      isMerged = refused !== undefined;
      const metadata = { ...current.metadata, ...overrides, ...indexed };
      if (!isMerged) return this.writer.draft(session, metadata, snapshot);
      const changes = changesBetween(session.base().attributes, snapshot.copy());
      const merged = applyChanges(current.attributes, changes);
      return this.writer.draft(session, metadata, snapshot.with(merged));
    };
    const written = indexed && (await this.writer.replace(session, next));
    if (written === undefined) return;
    session.isCommitted = true;
    session.hasNewCookie ||= hasNewCookie;
    if (!isMerged) return;
    // The object in the application's hands learns what the others stored, and keeps what it was
    // given while this write was under way.
    session.follow(written.record.attributes, snapshot.copy());
  }

  /** Stores a session of which nothing is stored yet. */
  async create(session: RequestSession): Promise<void> {
    const metadata = { ...session.metadata, cookie: session.cookieOverrides() };
    const draft = this.writer.draft(session, metadata, session.snapshot());
    try {
      const isFree = await this.store.create(session.key, draft, session.budget);
      if (!isFree && !(await this.replaceUnanswered(session, draft))) throw idInUse();
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        session.unanswered = [...session.unanswered, draft.payload];
      }
      throw error;
    }
    session.adopt(draft.payload, draft.record, draft.snapshot.cookie);
    session.isCommitted = true;
    this.emit({ type: 'created', handle: session.handle, userId: metadata.userId });
  }

  /** An earlier attempt of this request may have been stored all the same; then it is in the way. */
  private async replaceUnanswered(session: RequestSession, draft: Draft): Promise<boolean> {
    if (session.unanswered.length === 0) return false;
    const { key, budget } = session;
    const stored = await this.store.read(key, budget);
    if (stored === undefined || !session.unanswered.includes(stored)) return false;
    return (await this.store.replace(key, stored, draft, budget)) === 'done';
  }

  /** Extends the idle timeout of an unchanged session; whoever wrote meanwhile has done as much. */
  async touch(session: RequestSession): Promise<void> {
    const { metadata, stored } = session; // reading the metadata shows whether it still is one
    if (stored === undefined) return;
    const indexed = this.isIndexDue(session) ? await this.refreshIndex(session) : UNCHANGED;
    if (indexed === undefined) return;
    const snapshot = session.storedSnapshot();
    let draft = this.writer.draft(session, { ...metadata, ...indexed }, snapshot);
    let outcome: StoreOutcome;
    try {
      outcome = await this.store.renew(session.key, stored, draft, session.budget);
    } catch (error) {
      if (draft.payload.length <= stored.length) throw error;
      // Another address or user agent made it longer: a store that is full has no room for that.
      draft = this.writer.extension(session, snapshot);
      outcome = await this.store.renew(session.key, stored, draft, session.budget);
    }
    if (outcome === 'gone') session.lose();
    if (outcome !== 'done') return;
    session.adopt(draft.payload, draft.record, draft.snapshot.cookie);
    session.isTouched = true;
  }

  /**
   * Changes the session and stores it in one atomic step: when another request stored first,
   * `change` runs again on what that one stored.
   */
  async update<T>(session: RequestSession, change: () => T): Promise<T> {
    let base = session.base().attributes;
    let pending = changesBetween(base, session.attributes());
    const changed = (): T => {
      session.refill(applyChanges(base, pending));
      try {
        return refusePromise(change());
      } catch (error) {
        session.refill(applyChanges(base, pending));
        throw error;
      }
    };
    let result = changed();
    if (session.state === 'gone') return result;
    if (session.stored === undefined) {
      if (this.isWorthCreating(session)) await this.create(session);
      return result;
    }
    const first = session.changedSnapshot();
    if (first === undefined) return result;
    let snapshot = first;
    const hasNewCookie = session.hasChangedCookie;
    const overrides = hasNewCookie ? { cookie: session.cookieOverrides() } : {};
    const indexed = this.isIndexDue(session, overrides)
      ? await this.refreshIndex(session, overrides)
      : UNCHANGED;
    if (indexed === undefined) return result;
    const next: NextDraft = (current, refused) => {
      if (refused !== undefined) {
        pending = new Map([...pending, ...changesBetween(snapshot.copy(), session.attributes())]);
        base = current.attributes;
        result = changed();
        snapshot = session.snapshot();
      }
      const metadata = { ...current.metadata, ...overrides, ...indexed };
      return this.writer.draft(session, metadata, snapshot);
    };
    if ((await this.writer.replace(session, next, true)) === undefined) return result;
    session.isCommitted = true;
    session.hasNewCookie ||= hasNewCookie;
    return result;
  }

  /** Another cookie may let the session live longer than its entry in the index. */
  private isIndexDue(
    session: RequestSession,
    changes: Pick<SessionMetadata, 'cookie'> = {},
  ): boolean {
    const hasOtherCookie = 'cookie' in changes || this.hasOtherLifetime(session);
    return hasOtherCookie || this.users.isRefreshDue(session.metadata);
  }

  /** What the write should note of the index; `undefined` when the index says that it is over. */
  private async refreshIndex(
    session: RequestSession,
    changes: Pick<SessionMetadata, 'cookie'> = {},
  ): Promise<IndexNotes | undefined> {
    const metadata = { ...session.metadata, ...changes };
    if (await this.users.refresh(session, metadata)) {
      return { indexedAt: this.settings.clock() };
    }
    session.lose();
    return undefined;
  }

  /** True when a `cookie` function gives this request another lifetime than the record was written with. */
  private hasOtherLifetime(session: RequestSession): boolean {
    if (!this.settings.cookieVaries) return false;
    const { metadata, cookie } = session.loaded();
    return session.configuredCookie(metadata.cookie).originalMaxAge !== cookie.originalMaxAge;
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
