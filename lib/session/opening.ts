import type { ReadRecord } from '../stores/session-store.js';
import type { SessionCommit } from './commit/commit.js';
import type { SessionCrossing } from './crossing/crossing.js';
import type { SessionEdge } from './edge.js';
import { StoreUnavailableError } from './errors.js';
import type { Lifecycle } from './lifecycle.js';
import { mayBeUnindexed } from './record/record-text.js';
import { SharedRecords } from './shared-records.js';
import { RequestSession } from './state/request-session.js';
import type { VerifiedCookie } from './token/cookie-reading.js';
import type { SessionIndex } from './users/session-index.js';

/** Finds the session that a request came with. */
export class SessionOpening {
  private readonly shared: SharedRecords;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly commits: SessionCommit,
    private readonly crossing: SessionCrossing,
  ) {
    this.shared = new SharedRecords(lifecycle);
  }

  /** @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'` */
  open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
    const { settings, tokens, records, emit } = this.lifecycle;
    const cookie = tokens.read(edge.cookieHeader);
    if (cookie.verified === undefined) {
      if (cookie.present) emit({ type: 'rejected', cause: 'no cookie of this name verified' });
      return new RequestSession(edge, cookie, settings, records);
    }
    const session = new RequestSession(edge, cookie, settings, records);
    const opened = this.load(session, cookie.verified);
    return cookie.others === undefined
      ? opened
      : this.firstLive(opened, [cookie.verified, ...cookie.others]);
  }

  /**
   * Returns the first live one of several sessions that the browser named: the others are what another host
   * planted, or what is left of a cookie whose domain or path was changed. If none is live, returns the one
   * of which the store still knows most.
   * @param opened the first of them
   */
  private async firstLive(
    opened: RequestSession | Promise<RequestSession>,
    named: readonly VerifiedCookie[],
  ): Promise<RequestSession> {
    const { settings, records } = this.lifecycle;
    let best = await opened;
    for (const verified of named.slice(1)) {
      if (rankOf(best) === LIVE) break;
      const cookie = { present: true, verified, others: named.filter((one) => one !== verified) };
      const next = new RequestSession(best.edge, cookie, settings, records, best.budget);
      await this.load(next, verified);
      if (rankOf(next) > rankOf(best)) best = next;
    }
    return best;
  }

  private load(
    session: RequestSession,
    { payload }: VerifiedCookie,
  ): RequestSession | Promise<RequestSession> {
    if (payload !== undefined) {
      session.load({ payload, version: payload });
      return session;
    }
    return this.lifecycle.store.read(session.key, session.budget).then(
      (stored) => this.take(session, stored),
      (error: unknown) => this.withoutSession(session, error),
    );
  }

  /** Returns the session of a request, by what was read under the key of its id. */
  private take(
    session: RequestSession,
    stored: ReadRecord | undefined,
  ): RequestSession | Promise<RequestSession> {
    if (stored === undefined) {
      session.begin('expired');
      return session;
    }
    session.load(stored);
    const { format, index } = this.lifecycle;
    if (index !== undefined && format.mayBeMark(stored.payload)) {
      const opened = format.open(stored.payload, session.key);
      if (opened.is === 'rotated') return this.arrive(session, stored);
      if (opened.is === 'live') session.become(stored, opened.record);
    }
    return this.shared.mayLookIdle(stored)
      ? this.openShared(session, stored)
      : this.loaded(session, stored);
  }

  private loaded(
    session: RequestSession,
    { payload }: ReadRecord,
  ): RequestSession | Promise<RequestSession> {
    return this.isOlderThanIndex(session, payload) ? this.addUnindexed(session) : session;
  }

  /** Opens a shared session: one that express-session alone has used for long is taken over at once. */
  private async openShared(session: RequestSession, stored: ReadRecord): Promise<RequestSession> {
    try {
      const record = await this.shared.usedElsewhere(session, stored);
      if (record === undefined) return await this.loaded(session, stored);
      session.become(stored, record);
      await this.commits.touch(session);
      if (session.state.is === 'ended') session.begin('revoked');
      return session;
    } catch (error) {
      return this.withoutSession(session, error);
    }
  }

  /** Returns the session of a request that came with a former id. */
  private async arrive(session: RequestSession, mark: ReadRecord): Promise<RequestSession> {
    try {
      return await this.crossing.arrive(session, mark);
    } catch (error) {
      return this.withoutSession(session, error);
    }
  }

  /** Returns the session of a request whose own could not be read. */
  private withoutSession(session: RequestSession, error: unknown): RequestSession {
    if (!(error instanceof StoreUnavailableError)) throw error;
    if (this.lifecycle.settings.onStoreFailure === 'reject') throw error;
    session.fail(error);
    return session;
  }

  /** True if somebody is signed in whom the index of users does not know. */
  private isOlderThanIndex(session: RequestSession, payload: string): boolean {
    if (!this.index.isSupported) return false;
    // A sealed record must be opened for that, which every request does anyway, for its last touch.
    if (this.lifecycle.format.isPlain && !mayBeUnindexed(payload)) return false;
    return session.resolve().isUnindexed;
  }

  /**
   * Asks the index of users before the session lets anybody in: a user who signed in before the store had an
   * index may have been signed out everywhere since, when the index did not know this session.
   */
  private async addUnindexed(session: RequestSession): Promise<RequestSession> {
    try {
      const isIndexed = await this.index.refresh(session, session.record().metadata);
      if (isIndexed) session.idleExtension = 'now';
      else session.begin('revoked');
      return session;
    } catch (error) {
      return this.withoutSession(session, error);
    }
  }
}

const LIVE = 4;

/** Ranks a session that a request named by what is known of it; a store that fails leaves no choice. */
function rankOf(session: RequestSession): number {
  const { state, absence } = session.resolve();
  switch (state.is) {
    case 'stored':
      return state.late === undefined ? LIVE : 3;
    case 'rotated':
      return 2;
    case 'new':
      return absence === 'expired' || absence === 'anonymous' ? 0 : 1;
    case 'ended':
    case 'unavailable':
      return LIVE;
  }
}
