import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSeal } from '../stores/session-seal.js';
import type { ReadRecord, SessionStore } from '../stores/session-store.js';
import { clientCookie } from './client-cookie.js';
import { SessionCommit } from './commit.js';
import type { SessionEdge } from './edge.js';
import { RequestEndings } from './ending.js';
import { sessionEnded, StoreUnavailableError } from './errors.js';
import type { Emit, SessionObserver } from './events.js';
import { keyOf } from './ids.js';
import { createLifecycle } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';
import { SessionOpening } from './opening.js';
import type { SessionRecord } from './record/session-record.js';
import type { RequestSession } from './request-session.js';
import { SessionRotation } from './rotation.js';
import type { RotationKind } from './rotation-kinds.js';
import { settlePlan } from './settle-plan.js';
import { clearingCookie } from './token/set-cookie.js';
import { IndexEntries } from './users/index-entries.js';
import { SessionEndings } from './users/session-endings.js';
import { SessionLookup } from './users/session-lookup.js';
import { UserRevocations } from './users/user-revocations.js';
import { UserSessions } from './users/user-sessions.js';

/** What was found in the store under the id of a request's session. */
export interface FoundRecord {
  readonly id: string;
  readonly stored: ReadRecord;
  readonly record: SessionRecord;
}

/**
 * The lifecycle of a request's session: open; commit or touch when the response is about to leave;
 * rotate or end in between.
 */
export class SessionManager {
  /** Which sessions a user has. */
  readonly users: UserSessions;
  /** What a request ends or spares. */
  readonly endings: RequestEndings;
  private readonly lifecycle: Lifecycle;
  private readonly opening: SessionOpening;
  private readonly commits: SessionCommit;
  private readonly rotations: SessionRotation;

  /** @param place where sessions are kept: a store, or the seal of cookies that carry the records */
  constructor(
    readonly settings: SessionSettings,
    place: SessionStore | SessionSeal,
    readonly observer: SessionObserver,
  ) {
    const lifecycle = createLifecycle(settings, place, observer, this.emit);
    const { store, format, index } = lifecycle;
    const lookup = new SessionLookup(store, format);
    const entries = index && new IndexEntries(settings, lookup, index);
    const endings = new SessionEndings(lifecycle, lookup, entries);
    const revocations = index && new UserRevocations(lifecycle, index);
    this.lifecycle = lifecycle;
    this.users = new UserSessions(lifecycle, entries, lookup, endings, revocations);
    this.opening = new SessionOpening(lifecycle, this.users);
    this.endings = new RequestEndings(lifecycle, lookup, endings);
    this.commits = new SessionCommit(lifecycle, this.users);
    this.rotations = new SessionRotation(lifecycle, this.users);
  }

  /**
   * Opens the session of a request: at once when no cookie of ours came, or one that carries the
   * record; else after one read.
   * @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'`
   */
  open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
    return this.opening.open(edge);
  }

  /**
   * Stores what the request changed, or extends its session's idle timeout when that is due.
   * `undefined` when there is nothing to do, so that a clean response stays synchronous.
   */
  settle(session: RequestSession): Promise<void> | undefined {
    const { pending } = this.lifecycle;
    if (session.isBusy) {
      return pending.add(session.inOrder(async () => this.carryOut(session)));
    }
    const work = this.carryOut(session);
    return work && pending.add(session.inOrder(() => work));
  }

  /** Stores the session now; when it is gone it stays gone, and that is no error. */
  save(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      requireUsable(session);
      if (session.state.is !== 'ended') await this.commits.commit(session);
      this.lifecycle.tokens.prepare(session);
    });
  }

  /** Reads the session again and forgets this request's changes; `false` when it is gone. */
  reload(session: RequestSession): Promise<boolean> {
    return session.inOrder(async () => {
      const { isUnset } = session.view; // what is taken away from now on stays so
      const found = await this.readAgain(session);
      if (found === undefined) return false;
      this.show(session, found);
      // At once: what is stored next must not take the old attributes for changes.
      const attributes = session.storedAttributes();
      if (isUnset) session.view.show(attributes);
      else session.view.fill(attributes);
      return true;
    });
  }

  /** What is stored of the session now; the request's own session stays as it is. */
  reread(session: RequestSession): Promise<FoundRecord | undefined> {
    return session.inOrder(() => this.readAgain(session));
  }

  /** Puts before the application what was read again, in the place of what it had. */
  resume(session: RequestSession, found: FoundRecord): void {
    if (!isEndedHere(session) && session.id === found.id) this.show(session, found);
  }

  /** One atomic read-modify-write: `change` runs again when another request stored first. */
  update<T>(session: RequestSession, change: () => T): Promise<T> {
    return session.inOrder(async () => {
      requireUsable(session);
      const result = await this.commits.update(session, change);
      this.lifecycle.tokens.prepare(session);
      return result;
    });
  }

  /** Gives the session a new id, in place; the old one stops working. */
  rotate(session: RequestSession, kind: RotationKind): Promise<void> {
    return session.inOrder(async () => {
      requireAvailable(session);
      if (session.view.isUnset) await this.unset(session);
      if (isEndedHere(session)) session.begin();
      const rotation = kind(session.resolve(), this.settings.clock());
      if (session.state.is === 'ended' && rotation.continues) return;
      await this.rotations.rotate(session, rotation);
      this.lifecycle.tokens.prepare(session);
    });
  }

  /** Ends the session: its record is removed, and the browser is told to forget its cookie. */
  end(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      requireAvailable(session);
      await this.endings.end(session);
    });
  }

  /** Ends the session and begins an empty one, as express-session's `regenerate` does. */
  replace(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      requireAvailable(session);
      await this.endings.end(session);
      session.begin();
    });
  }

  /** The record of any session, by its id. */
  async readById(id: string): Promise<SessionRecord | undefined> {
    const { store, format } = this.lifecycle;
    const key = keyOf(id, this.settings);
    return format.liveRecord((await store.read(key))?.payload, key);
  }

  /** The `Set-Cookie` value that the response must carry, if any. Asked once, as headers leave. */
  setCookieFor(session: RequestSession): string | undefined {
    const { settings, lifecycle } = this;
    if (session.client.is === 'token' && session.client.isOutdated) session.resolve();
    const due = clientCookie(session, settings.rolling, hasPersistentCookie);
    if (due === 'leave' || !this.canTravel(session)) return undefined;
    const attributes = session.view.sendableCookie();
    if (due === 'clear') return clearingCookie(settings.name, attributes);
    const lifetime = attributes.originalMaxAge;
    const expires = lifetime === null ? undefined : new Date(settings.clock() + lifetime);
    const cookie = lifecycle.tokens.cookieFor(session, attributes, expires);
    if (cookie !== undefined) session.issue();
    return cookie;
  }

  /** Something was stored after the headers had left: the browser may have missed a cookie. */
  missedCookie(session: RequestSession): void {
    const { state, client, id } = session;
    const isHeld = client.is === 'token' && client.id === id;
    if (state.is !== 'stored' || (isHeld && !client.isOutdated)) return;
    if (this.lifecycle.tokens.carryRecords) this.observer.recordTooLate();
    else if (!isHeld) this.observer.cookieTooLate();
  }

  /** Closes what the store opened, once the sessions of clients that went away are stored. */
  async close(): Promise<void> {
    await this.lifecycle.pending.over();
    await this.lifecycle.store.close();
  }

  readonly emit: Emit = (event) => {
    try {
      this.observer.event({ ...event, at: new Date(this.settings.clock()) });
    } catch (error) {
      this.observer.error('A session event could not be told.', error); // the clock failed
    }
  };

  private carryOut(session: RequestSession): Promise<void> | undefined {
    const { tokens } = this.lifecycle;
    const stored = this.store(session);
    if (!tokens.carryRecords) return stored;
    if (stored !== undefined) return stored.then(() => tokens.prepare(session));
    tokens.prepare(session);
    return undefined;
  }

  private store(session: RequestSession): Promise<void> | undefined {
    const plan = settlePlan(session, this.settings, this.isTouchDue);
    if (typeof plan === 'object') return this.commits.commit(session, plan.commit);
    switch (plan) {
      case 'nothing':
        return undefined;
      case 'create':
        return this.commits.create(session);
      case 'touch':
        return this.touchQuietly(session);
      case 'end':
        return this.endings.end(session);
      case 'refuse':
        return void requireAvailable(session);
    }
  }

  private readonly isTouchDue = (session: RequestSession): boolean =>
    this.commits.isTouchDue(session);

  /** A touch that fails costs nobody a good response; the next request tries again. */
  private async touchQuietly(session: RequestSession): Promise<void> {
    try {
      await this.commits.touch(session);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.observer.error("A session's idle timeout was not extended.", error);
    }
  }

  /** Does at once what setting the session to nothing asks for at the end of the request. */
  private async unset(session: RequestSession): Promise<void> {
    if (this.settings.unset === 'destroy') await this.endings.end(session);
    else session.view.show(session.storedAttributes());
  }

  private async readAgain(session: RequestSession): Promise<FoundRecord | undefined> {
    requireNotEnded(session);
    const { store, tokens, records } = this.lifecycle;
    const { id, key, state, budget } = session;
    const own = 'stored' in state ? state.stored : undefined;
    const stored = tokens.carryRecords ? own : await store.read(key, budget);
    const record = stored && records.read(stored, session);
    if (stored === undefined || typeof record !== 'object') return undefined;
    return { id, stored, record };
  }

  private show(session: RequestSession, { stored, record }: FoundRecord): void {
    const cookie = session.view.cookieAttributes();
    session.become(stored, record);
    session.view.renewCookie(cookie);
  }

  /** Browsers drop a Secure cookie that comes over plain HTTP, so it is not sent at all. */
  private canTravel(session: RequestSession): boolean {
    if (session.edge.isSecure) return true;
    const isSecureCookie = session.view.cookieAttributes().secure === true;
    this.observer.cookieOverPlainHttp(isSecureCookie);
    return !isSecureCookie;
  }
}

function hasPersistentCookie({ view }: RequestSession): boolean {
  return view.cookieAttributes().originalMaxAge !== null;
}

function isEndedHere({ state }: RequestSession): boolean {
  return state.is === 'ended' && state.by === 'itself';
}

function requireUsable(session: RequestSession): void {
  requireNotEnded(session);
  if (session.view.isUnset) throw sessionEnded();
}

function requireNotEnded(session: RequestSession): void {
  requireAvailable(session);
  if (isEndedHere(session.resolve())) throw sessionEnded();
}

function requireAvailable({ state }: RequestSession): void {
  if (state.is === 'unavailable') throw state.failure;
}
