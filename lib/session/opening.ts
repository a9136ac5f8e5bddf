import type { ReadRecord } from '../stores/session-store.js';
import { StoreUnavailableError } from './errors.js';
import type { SessionEdge } from './edge.js';
import type { SessionCrossing } from './crossing/crossing.js';
import type { Lifecycle } from './lifecycle.js';
import { mayBeUnindexed } from './record/record-text.js';
import { RequestSession } from './state/request-session.js';
import type { SessionIndex } from './users/session-index.js';

/** Finds the session that a request came with. */
export class SessionOpening {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly crossing: SessionCrossing,
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
    if (verified.payload === undefined) return this.load(session);
    session.load({ payload: verified.payload, version: verified.payload });
    return session;
  }

  private load(session: RequestSession): Promise<RequestSession> {
    return this.lifecycle.store.read(session.key, session.budget).then(
      (stored) => this.take(session, stored),
      (error: unknown) => this.withoutSession(session, error),
    );
  }

  /** The session of a request, by what was read under the key of its id. */
  private take(
    session: RequestSession,
    stored: ReadRecord | undefined,
  ): RequestSession | Promise<RequestSession> {
    if (stored === undefined) {
      session.begin('expired');
      return session;
    }
    const { format, index } = this.lifecycle;
    if (index !== undefined && format.mayBeMark(stored.payload)) {
      const opened = format.open(stored.payload, session.key);
      if (opened.is === 'rotated') return this.arrive(session, stored);
      if (opened.is === 'live') session.become(stored, opened.record);
      else session.load(stored);
    } else session.load(stored);
    return this.isOlderThanIndex(session, stored.payload) ? this.addUnindexed(session) : session;
  }

  /** The session of a request that came with a former id. */
  private async arrive(session: RequestSession, mark: ReadRecord): Promise<RequestSession> {
    try {
      return await this.crossing.arrive(session, mark);
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
      if (isIndexed) session.isTouchDemanded = true;
      else session.begin('revoked');
      return session;
    } catch (error) {
      return this.withoutSession(session, error);
    }
  }
}
