import type { SessionStore } from '../stores/session-store.js';
import { BoundedStore } from './bounded-store.js';
import { RejectedRecords } from './rejected-records.js';
import { RequestSession } from './request-session.js';
import type { AbsenceReason, SessionRequest } from './request-session.js';
import { SessionCommit } from './session-commit.js';
import { clearingCookie, readSessionCookie, sessionCookie } from './session-cookie.js';
import { SessionUnusableError, StoreUnavailableError } from './session-errors.js';
import type { SessionEvent, SessionObserver } from './session-events.js';
import { keyOf } from './session-id.js';
import { parseRecord } from './session-record.js';
import type { SessionRecord } from './session-record.js';
import { SessionRotation } from './session-rotation.js';
import type { Keep, Rotation } from './session-rotation.js';
import type { SessionSettings } from './session-settings.js';
import { timeoutReason } from './session-timeouts.js';

/**
 * The lifecycle of a request's session: open; commit or touch when the response is about to leave;
 * rotate or end in between.
 */
export class SessionEngine {
  private readonly store: SessionStore;
  private readonly commits: SessionCommit;
  private readonly rotations: SessionRotation;
  private readonly rejectedRecords: RejectedRecords;

  constructor(
    readonly settings: SessionSettings,
    store: SessionStore,
    readonly observer: SessionObserver,
  ) {
    this.store = new BoundedStore(store, settings.storeTimeout, (cause) => {
      this.emit({ type: 'storeFailed', cause });
    });
    this.rejectedRecords = new RejectedRecords(this.store, observer);
    this.commits = new SessionCommit(settings, this.store, this.readPayload, this.emit);
    this.rotations = new SessionRotation(
      settings,
      this.store,
      this.commits,
      this.readPayload,
      this.emit,
    );
  }

  /**
   * Opens the session of a request: at once when no cookie of ours came, else after one read.
   * @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'`
   */
  open(request: SessionRequest): RequestSession | Promise<RequestSession> {
    const reading = readSessionCookie(request.cookieHeader, this.settings);
    const session = new RequestSession(request, reading, this.settings, this.readPayload);
    if (reading.verified !== undefined) return this.load(session);
    if (reading.present) this.emit({ type: 'rejected', cause: 'no cookie of this name verified' });
    return session;
  }

  /**
   * Stores what the request changed, or extends its session's idle timeout when that is due.
   * `undefined` when there is nothing to do, so that a clean response stays synchronous.
   */
  settle(session: RequestSession): Promise<void> | undefined {
    if (session.isBusy) return session.inOrder(async () => this.settleNow(session));
    const work = this.settleNow(session);
    return work === undefined ? undefined : session.inOrder(() => work);
  }

  /** Stores the session now; when it is gone it stays gone, and that is no error. */
  save(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      this.requireUsable(session);
      if (session.state === 'open') await this.commits.commit(session);
    });
  }

  /** Reads the session again and forgets this request's changes; `false` when it is gone. */
  reload(session: RequestSession): Promise<boolean> {
    return session.inOrder(async () => {
      this.requireUsable(session);
      const payload = await this.store.read(session.key);
      const record = payload === undefined ? 'expired' : this.readPayload(payload, session);
      if (payload === undefined || typeof record === 'string') return false;
      session.adopt(payload, record);
      return true;
    });
  }

  /** One atomic read-modify-write: `change` runs again when another request stored first. */
  update<T>(session: RequestSession, change: () => T): Promise<T> {
    return session.inOrder(async () => {
      this.requireUsable(session);
      return this.commits.update(session, change);
    });
  }

  /**
   * Signs a user in, under a new id.
   * @param keep the attributes to take along; by default all, unless they are another user's
   * @param lifetime for this sign-in alone: both its timeouts, and the age of its cookie
   */
  login(
    session: RequestSession,
    userId: string,
    keep: Keep | undefined,
    lifetime: number | undefined,
  ): Promise<void> {
    return this.rotate(session, () => {
      const now = this.settings.clock();
      const isOthers = session.userId !== undefined && session.userId !== userId;
      const remembered = lifetime !== undefined && {
        idleTimeout: lifetime,
        absoluteTimeout: lifetime,
        cookie: { originalMaxAge: lifetime },
      };
      return {
        type: 'loggedIn',
        keep: keep ?? (isOthers ? 'none' : 'all'),
        metadata: { seenAt: now, createdAt: now, userId, authenticatedAt: now, ...remembered },
        continues: false,
      };
    });
  }

  /** Gives the session a new id. Who is signed in stays so with `'all'`, and only then. */
  regenerate(session: RequestSession, keep: Keep): Promise<void> {
    return this.rotate(session, () => {
      const now = this.settings.clock();
      const metadata = keep === 'all' ? session.metadata : { seenAt: now, createdAt: now };
      return { type: 'rotated', keep, metadata, continues: keep !== 'none' };
    });
  }

  /** The user has proved again who they are: the same session, newly authenticated, by a new id. */
  confirm(session: RequestSession): Promise<void> {
    return this.rotate(session, () => {
      if (session.state === 'open' && session.userId === undefined) throw nobodySignedIn();
      const metadata = { ...session.metadata, authenticatedAt: this.settings.clock() };
      return { type: 'rotated', keep: 'all', metadata, continues: true };
    });
  }

  /** Ends the session: its record is removed, and the browser is told to forget its cookie. */
  end(session: RequestSession): Promise<void> {
    return session.inOrder(() => this.endNow(session));
  }

  /** Ends the session and begins an empty one, as express-session's `regenerate` does. */
  replace(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      await this.endNow(session);
      session.beginAnew();
    });
  }

  /** The payload of any session, by its id. */
  readById(id: string): Promise<string | undefined> {
    return this.store.read(keyOf(id, this.settings));
  }

  /** Ends any session, by its id. */
  async endById(id: string): Promise<void> {
    await this.store.remove(keyOf(id, this.settings));
  }

  /** The `Set-Cookie` value that the response must carry, if any. Asked once, as headers leave. */
  setCookieFor(session: RequestSession): string | undefined {
    if (session.state === 'gone' || session.state === 'unavailable') return undefined;
    const isDue = session.isStored ? this.isCookieDue(session) : session.endedClientsSession;
    if (!isDue || !this.canCarryCookie(session)) return undefined;
    return session.isStored
      ? this.issue(session)
      : clearingCookie(this.settings.name, session.cookieAttributes());
  }

  readonly emit = (event: Omit<SessionEvent, 'at'>): void => {
    this.observer.event({ ...event, at: new Date(this.settings.clock()) });
  };

  private isCookieDue(session: RequestSession): boolean {
    const { isCommitted, isTouched } = session;
    return (
      session.isNewToClient ||
      session.hasNewCookie ||
      session.cookieReading.verified?.staleSignature === true ||
      ((isCommitted || isTouched) && this.settings.rolling) ||
      // The browser would drop a persistent cookie before the server drops the session.
      (isCommitted && session.cookieAttributes().originalMaxAge !== null)
    );
  }

  /** Browsers drop a Secure cookie that comes over plain HTTP, so it is not sent at all. */
  private canCarryCookie(session: RequestSession): boolean {
    if (session.request.isSecure) return true;
    const isSecureCookie = session.cookieAttributes().secure === true;
    this.observer.cookieOverPlainHttp(isSecureCookie);
    return !isSecureCookie;
  }

  private issue(session: RequestSession): string {
    const attributes = session.cookieAttributes();
    const lifetime = attributes.originalMaxAge;
    const expires = lifetime === null ? undefined : new Date(this.settings.clock() + lifetime);
    session.isNewToClient = false;
    return sessionCookie(this.settings, session.id, attributes, expires);
  }

  private async load(session: RequestSession): Promise<RequestSession> {
    try {
      const payload = await this.store.read(session.key);
      if (payload === undefined) session.beginAnew('expired');
      else session.stored = payload;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      if (this.settings.onStoreFailure === 'reject') throw error;
      session.beginAnew();
      session.state = 'unavailable';
      session.failure = error;
    }
    return session;
  }

  private settleNow(session: RequestSession): Promise<void> | undefined {
    if (session.state !== 'open') return undefined;
    if (session.isUnset) {
      return this.settings.unset === 'destroy' ? this.endNow(session) : undefined;
    }
    if (session.stored === undefined) {
      return this.commits.isWorthCreating(session) ? this.commits.create(session) : undefined;
    }
    if (session.isViewed && !session.isUnchanged()) return this.commits.commit(session);
    return this.commits.isTouchDue(session) ? this.touchQuietly(session) : undefined;
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

  private async endNow(session: RequestSession): Promise<void> {
    if (session.failure !== undefined) throw session.failure;
    if (session.isStored) {
      const { handle, metadata } = session;
      await this.store.remove(session.key);
      this.emit({ type: 'destroyed', handle, userId: metadata.userId });
    }
    session.finish();
  }

  private rotate(session: RequestSession, plan: () => Rotation): Promise<void> {
    return session.inOrder(async () => {
      if (session.failure !== undefined) throw session.failure;
      if (session.state === 'ended') session.beginAnew();
      const rotation = plan();
      if (session.state === 'gone' && rotation.continues) return;
      await this.rotations.rotate(session, rotation);
    });
  }

  private requireUsable(session: RequestSession): void {
    if (session.failure !== undefined) throw session.failure;
    if (session.state !== 'ended') return;
    throw new SessionUnusableError(
      "This request's session has been ended (logout, destroy, or req.session set to null). login() or regenerate() begins a new one.",
    );
  }

  private readonly readPayload = (
    payload: string,
    session: RequestSession,
  ): SessionRecord | AbsenceReason => {
    const now = this.settings.clock();
    try {
      const record = parseRecord(payload, now);
      const reason = timeoutReason(record.metadata, this.settings, now);
      if (reason === undefined) return record;
      const { handle } = session;
      this.emit({ type: 'expired', handle, userId: record.metadata.userId, cause: reason });
      return reason;
    } catch (cause) {
      this.emit({ type: 'rejected', handle: session.handle, cause });
      this.rejectedRecords.dispose(session, payload, cause);
      return 'anonymous';
    }
  };
}

function nobodySignedIn(): SessionUnusableError {
  return new SessionUnusableError(
    'confirm() was called, but nobody is signed in. Call login() first, or guard the route with AuthenticatedGuard.',
  );
}
