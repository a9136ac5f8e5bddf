import type { BoundedStore } from './storage/bounded-store.js';
import { mayBeUnindexed } from './record/record-json.js';
import type { RequestSession } from './request-session.js';
import { StoreUnavailableError } from './errors.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { UserSessions } from './users/user-sessions.js';

/** Reads the session that a request came with. */
export class SessionOpening {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly users: UserSessions,
  ) {}

  /** @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'` */
  load(session: RequestSession): Promise<RequestSession> {
    return this.store.read(session.key, session.budget).then(
      (payload) => {
        if (payload === undefined) session.beginAnew('expired');
        else session.stored = payload;
        return this.isOlderThanIndex(session, payload) ? this.enterLate(session) : session;
      },
      (error: unknown) => this.withoutSession(session, error),
    );
  }

  /** What a request has whose session could not be asked for. */
  private withoutSession(session: RequestSession, error: unknown): RequestSession {
    if (!(error instanceof StoreUnavailableError)) throw error;
    if (this.settings.onStoreFailure === 'reject') throw error;
    session.beginAnew();
    session.state = 'unavailable';
    session.failure = error;
    return session;
  }

  /** True when somebody is signed in whom the index of users does not know. */
  private isOlderThanIndex(session: RequestSession, payload: string | undefined): boolean {
    if (payload === undefined || !this.users.isSupported) return false;
    // A sealed record does not say without being opened, as every request does to see its last touch.
    if (this.settings.codec === undefined && !mayBeUnindexed(payload)) return false;
    session.loaded();
    return session.isUnindexed;
  }

  /**
   * A user who signed in when another store kept the sessions may have been signed out everywhere
   * since: the index, which knew nothing of this session, is asked before anybody is let in by it.
   */
  private async enterLate(session: RequestSession): Promise<RequestSession> {
    try {
      if (await this.users.refresh(session, session.metadata)) session.isTouchDemanded = true;
      else session.beginAnew('revoked');
      return session;
    } catch (error) {
      return this.withoutSession(session, error);
    }
  }
}
