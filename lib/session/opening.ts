import { StoreUnavailableError } from './errors.js';
import type { SessionEdge } from './edge.js';
import type { Lifecycle } from './lifecycle.js';
import type { SessionCommit } from './commit/commit.js';
import type { ReadRecord } from '../stores/session-store.js';
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
  ) {
    this.shared = new SharedRecords(lifecycle);
  }

  /** @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'` */
  open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
    const { settings, tokens, records, emit } = this.lifecycle;
    const cookie = tokens.read(edge.cookieHeader);
    const session = new RequestSession(edge, cookie, settings, records);
    const { verified } = cookie;
    if (verified === undefined) {
      if (cookie.present) emit({ type: 'rejected', cause: 'no cookie of this name verified' });
      return session;
    }
    const opened = this.load(session, verified);
    return cookie.others === undefined
      ? opened
      : this.firstLive(opened, [verified, ...cookie.others]);
  }

  /**
   * Of several sessions that the browser named, the first counts that is live: the others are what
   * another host planted, or what is left of a cookie whose domain or path was changed. If none is live,
   * the first counts of which the store still knows why: one without a trace is just `expired`.
   * @param opened the first of them
   */
  private async firstLive(
    opened: RequestSession | Promise<RequestSession>,
    named: readonly VerifiedCookie[],
  ): Promise<RequestSession> {
    const { settings, records } = this.lifecycle;
    const first = await opened;
    let over = first.resolve();
    if (over.state.is !== 'new') return first;
    for (const verified of named.slice(1)) {
      const cookie = { present: true, verified, others: named.filter((one) => one !== verified) };
      const next = new RequestSession(first.edge, cookie, settings, records, first.budget);
      const { state } = (await this.load(next, verified)).resolve();
      if (state.is !== 'new') return next;
      if (!hasReason(over) && hasReason(next)) over = next;
    }
    return over;
  }

  private load(
    session: RequestSession,
    { payload }: VerifiedCookie,
  ): RequestSession | Promise<RequestSession> {
    if (payload === undefined) return this.read(session);
    session.load({ payload, version: payload });
    return session;
  }

  private read(session: RequestSession): Promise<RequestSession> {
    return this.lifecycle.store.read(session.key, session.budget).then(
      (stored) => {
        if (stored === undefined) {
          session.begin('expired');
          return session;
        }
        session.load(stored);
        return this.shared.mayLookIdle(stored)
          ? this.openShared(session, stored)
          : this.loaded(session, stored);
      },
      (error: unknown) => this.withoutSession(session, error),
    );
  }

  private loaded(
    session: RequestSession,
    { payload }: ReadRecord,
  ): RequestSession | Promise<RequestSession> {
    return this.isOlderThanIndex(session, payload) ? this.addUnindexed(session) : session;
  }

  /** A session that express-session alone has used for long is taken over at once. */
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

  /** The session of a request whose own could not be read. */
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
   * A user who signed in before the store had an index may have been signed out everywhere since, when
   * the index did not know this session: it is asked before the session lets anybody in.
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

/** True if it is known why the session is over, and not just that it is not there. */
function hasReason({ absence }: RequestSession): boolean {
  return absence !== 'expired' && absence !== 'anonymous';
}
