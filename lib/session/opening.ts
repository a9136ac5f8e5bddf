import { StoreUnavailableError } from './errors.js';
import type { SessionEdge } from './edge.js';
import type { Lifecycle } from './lifecycle.js';
import { mayBeUnindexed } from './record/record-text.js';
import { RequestSession } from './state/request-session.js';
import type { VerifiedCookie } from './token/cookie-reading.js';
import type { SessionIndex } from './users/session-index.js';

/** Finds the session that a request came with. */
export class SessionOpening {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

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
        if (stored === undefined) session.begin('expired');
        else session.load(stored);
        const isOlder = stored !== undefined && this.isOlderThanIndex(session, stored.payload);
        return isOlder ? this.addUnindexed(session) : session;
      },
      (error: unknown) => this.withoutSession(session, error),
    );
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
      if (isIndexed) session.isTouchDemanded = true;
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
