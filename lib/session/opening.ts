import type { ReadRecord } from '../stores/session-store.js';
import { StoreUnavailableError } from './errors.js';
import type { SessionEdge } from './edge.js';
import type { SessionCrossing } from './crossing/crossing.js';
import type { Lifecycle } from './lifecycle.js';
import { mayBeUnindexed } from './record/record-text.js';
import { RequestSession } from './state/request-session.js';
import { hasSeveral } from './token/cookie-header.js';
import type { CookieReading, VerifiedCookie } from './token/cookie-reading.js';
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
    const { settings, tokens, emit } = this.lifecycle;
    const cookie = tokens.read(edge.cookieHeader);
    if (cookie.verified === undefined) {
      if (cookie.present) emit({ type: 'rejected', cause: 'no cookie of this name verified' });
      return this.sessionOf(edge, cookie);
    }
    const first = this.load(edge, cookie.verified);
    return hasSeveral(edge.cookieHeader, settings.name) ? this.firstLive(edge, first) : first;
  }

  private sessionOf(edge: SessionEdge, cookie: CookieReading): RequestSession {
    const { settings, records } = this.lifecycle;
    return new RequestSession(edge, cookie, settings, records);
  }

  /**
   * Of several cookies, the first counts that leads to a live session: a browser sends those of other
   * paths and domains, too, whose sessions may be over. If none does, it is the best of them.
   */
  private async firstLive(
    edge: SessionEdge,
    first: RequestSession | Promise<RequestSession>,
  ): Promise<RequestSession> {
    let best = await first;
    const seen = new Set([best.cookie.verified?.id]);
    for (const verified of this.lifecycle.tokens.all(edge.cookieHeader)) {
      if (rankOf(best) === LIVE || seen.size === MAX_LOOKUPS) break;
      if (seen.has(verified.id)) continue;
      seen.add(verified.id);
      const next = await this.load(edge, verified);
      if (rankOf(next) > rankOf(best)) best = next;
    }
    return best;
  }

  private load(
    edge: SessionEdge,
    verified: VerifiedCookie,
  ): RequestSession | Promise<RequestSession> {
    const session = this.sessionOf(edge, { present: true, verified });
    const { payload } = verified;
    if (payload !== undefined) {
      session.load({ payload, version: payload });
      return session;
    }
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

/** How many of a request's cookies are looked up. */
const MAX_LOOKUPS = 4;

/** What a session is worth to a request that has several; a store that fails leaves no choice. */
function rankOf(session: RequestSession): number {
  const { state, late } = session.resolve();
  if (state.is === 'unavailable') return LIVE;
  if (state.is === 'stored') return late === undefined ? LIVE : LIVE - 1;
  return state.is === 'rotated' ? 1 : 0;
}

const LIVE = 3;
