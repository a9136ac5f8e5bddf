import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSeal } from '../stores/session-seal.js';
import type { ReadRecord, SessionStore } from '../stores/session-store.js';
import { SessionCommit } from './commit/commit.js';
import { GroupWrite } from './commit/group-write.js';
import { ownRecord } from './commit/known-record.js';
import type { Member } from './commit/members.js';
import { RecordWrite } from './commit/record-write.js';
import { WriteQueue } from './commit/write-queue.js';
import { SessionCrossing } from './crossing/crossing.js';
import type { SessionEdge } from './edge.js';
import { requireCookie, sessionEnded, SessionRotatedError } from './errors.js';
import type { Emit, SessionObserver } from './events.js';
import { keyOf } from './ids.js';
import { createLifecycle } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';
import { SessionOpening } from './opening.js';
import { OriginCheck } from './origin/origin-check.js';
import type { SessionRecord } from './record/session-record.js';
import { seenNow } from './record/timeouts.js';
import { RequestEndings } from './request-endings.js';
import { ResponseCookies } from './response-cookies.js';
import { SessionRotation } from './rotation/rotation.js';
import type { RotationKind } from './rotation/rotation-kinds.js';
import { SessionSettlement } from './settlement.js';
import type { RequestSession } from './state/request-session.js';
import type { LateArrival } from './state/session-state.js';
import { LEAST_SHARE } from './storage/wait-budget.js';
import { RequestUsers } from './users/request-users.js';
import { SessionAdoption } from './users/session-adoption.js';
import { SessionEndings } from './users/session-endings.js';
import { SessionIndex } from './users/session-index.js';
import { SessionLookup } from './users/session-lookup.js';
import type { SessionSummary } from './users/session-summary.js';
import { summaryOf } from './users/summary-of.js';
import { Tombstones } from './users/tombstones.js';
import { UserRevocations } from './users/user-revocations.js';
import { UserSessions } from './users/user-sessions.js';

/** What is stored under the id of a request's session. */
export interface FoundRecord {
  readonly id: string;
  readonly stored: ReadRecord;
  readonly record: SessionRecord;
  /** Where it is, if it has a new id that the request does not have. */
  readonly late?: LateArrival | undefined;
}

/**
 * The lifecycle of a request's session: open; rotate or end; commit or touch when the response is about
 * to leave. Start reading here.
 */
export class SessionManager {
  /** Which sessions a user has. */
  readonly users: UserSessions;
  /** What a request ends or spares. */
  readonly endings: RequestEndings;
  /** The users of requests, as the application has them. */
  readonly requestUsers: RequestUsers;
  /** The session cookies of responses. */
  readonly cookies: ResponseCookies;
  private readonly lifecycle: Lifecycle;
  private readonly crossing: SessionCrossing;
  private readonly origins: OriginCheck;
  private readonly opening: SessionOpening;
  private readonly queue: WriteQueue<Member>;
  private readonly commits: SessionCommit;
  private readonly rotations: SessionRotation;
  private readonly adoption: SessionAdoption;
  private readonly settlement: SessionSettlement;

  /** @param place where sessions are kept: a store, or the seal of cookies that carry the records */
  constructor(
    readonly settings: SessionSettings,
    place: SessionStore | SessionSeal,
    readonly observer: SessionObserver,
  ) {
    const lifecycle = createLifecycle(settings, place, observer, this.emit);
    const lookup = new SessionLookup(lifecycle.store, lifecycle.format);
    const tombstones = new Tombstones(lifecycle);
    const revocations = new UserRevocations(lifecycle);
    const index = new SessionIndex(lifecycle, lookup, tombstones, revocations);
    this.lifecycle = lifecycle;
    this.users = new UserSessions(lifecycle, lookup, tombstones, revocations);
    this.crossing = new SessionCrossing(lookup);
    const records = new RecordWrite(lifecycle, index);
    const writes = new GroupWrite(lifecycle, records, this.crossing, (member) => {
      this.queue.join(member);
    });
    this.queue = new WriteQueue(
      (key) => lifecycle.store.stillBusy(key),
      (members, newest) => writes.write(members, newest),
      settings.storeTimeout * LEAST_SHARE,
    );
    const endings = new SessionEndings(lifecycle, lookup, index);
    this.endings = new RequestEndings(lifecycle, this.queue, lookup, endings, this.crossing);
    this.requestUsers = new RequestUsers(settings.loadUser, (session, userId) =>
      this.expel(session, userId),
    );
    this.commits = new SessionCommit(lifecycle, index, this.queue);
    this.origins = new OriginCheck(settings, observer);
    this.opening = new SessionOpening(lifecycle, index, this.commits, this.crossing);
    this.rotations = new SessionRotation(lifecycle, index, this.users, lookup);
    this.adoption = new SessionAdoption(lifecycle, index, tombstones, this.users);
    this.cookies = new ResponseCookies(lifecycle);
    this.settlement = new SessionSettlement(
      lifecycle,
      this.commits,
      this.endings,
      this.crossing,
      this.cookies,
    );
  }

  /** Called once, as the application boots. Rejects if the store can never work as it is set up. */
  prepare(): Promise<void> {
    return this.lifecycle.store.prepare();
  }

  /**
   * Opens the session of a request: at once without a session cookie, or with one that carries the
   * record; else after one read.
   * @throws CrossOriginError if a page of another origin sent it to change something
   * @throws StoreUnavailableError if the store fails and `onStoreFailure` is `'reject'`
   */
  open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
    this.origins.arrive(edge);
    return this.opening.open(edge);
  }

  /**
   * Stores what the request changed, or extends the idle timeout when that is due. `undefined` if there
   * is nothing to do, so that a clean response stays synchronous.
   */
  settle(session: RequestSession): Promise<void> | undefined {
    return this.settlement.settle(session);
  }

  /** Stores the session now. If it is gone, it stays gone, which is not an error. */
  save(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      const refused = this.requireUsable(session);
      if (refused !== undefined) await refused;
      if (session.state.is !== 'ended') await this.commits.save(session);
      this.readyCookie(session);
    });
  }

  /** Reads the session again and forgets this request's changes; `false` when it is gone. */
  reload(session: RequestSession): Promise<boolean> {
    return session.inOrder(async () => {
      const { isUnset } = session.view; // if the application unsets it later, it stays unset
      const found = await this.readAgain(session);
      if (found === undefined) return false;
      this.apply(session, found);
      // At once: what is stored next must not take the old attributes for changes.
      const attributes = session.storedAttributes();
      if (isUnset) session.view.show(attributes);
      else session.view.fill(attributes);
      return true;
    });
  }

  /** Returns what is stored of the session now; the request's own session stays as it is. */
  reread(session: RequestSession): Promise<FoundRecord | undefined> {
    return session.inOrder(() => this.readAgain(session));
  }

  /** Makes what {@link reread} found the session of the request. */
  applyReread(session: RequestSession, found: FoundRecord): void {
    if (!session.isEndedHere && session.id === found.id) this.apply(session, found);
  }

  /** Changes the session in one atomic step: `change` runs again when another request stored first. */
  update<T>(session: RequestSession, change: () => T): Promise<T> {
    return session.inOrder(async () => {
      const refused = this.requireUsable(session);
      if (refused !== undefined) await refused;
      const result = await this.commits.update(session, change);
      this.readyCookie(session);
      return result;
    });
  }

  /**
   * Signs a user in, under a new id.
   * @throws CrossOriginError if a page of another origin sent the request
   */
  async signIn(session: RequestSession, kind: RotationKind): Promise<void> {
    this.origins.signIn(session.edge);
    await this.rotate(session, kind);
  }

  /** Gives the session a new id, in place; the old one stops working. */
  rotate(session: RequestSession, kind: RotationKind): Promise<void> {
    return session.inOrder(async () => {
      requireCookie(session.edge);
      session.requireAvailable();
      if (session.view.isUnset) await this.applyUnset(session);
      if (session.isEndedHere) session.begin();
      let rotation = kind(session.resolve(), this.settings.clock());
      if (rotation.wish.to !== 'sign in' && session.state.is === 'rotated') {
        await this.crossing.refuse(session);
        rotation = kind(session.resolve(), this.settings.clock()); // it was ended meanwhile
      }
      if (session.state.is === 'ended' && rotation.continues) return;
      // Anew, as the application may have changed its session while this waited.
      const rotate = async (): Promise<void> =>
        this.rotations.rotate(session, kind(session.resolve(), this.settings.clock()));
      const stored = session.state.is === 'stored' ? session.key : undefined;
      const key = session.former?.key ?? stored;
      await (key === undefined ? rotate() : this.queue.alone(key, session.budget, rotate));
      this.readyCookie(session);
    });
  }

  /**
   * Assigns the session to the user, under the id that it has.
   * @returns `false` if nothing of it is stored, or if it was ended meanwhile
   */
  adopt(session: RequestSession, userId: string): Promise<boolean> {
    return session.inOrder(async () => {
      const refused = this.requireUsable(session);
      if (refused !== undefined) await refused;
      const isStored = session.state.is === 'stored';
      if (isStored && session.userId !== userId) {
        await this.queue.alone(
          session.key,
          session.budget,
          () => this.adoption.adopt(session, userId),
          () => ownRecord(session),
        );
        this.readyCookie(session);
      }
      return session.state.is === 'stored';
    });
  }

  /** Ends the session: its record is removed, and the browser is told to forget its cookie. */
  end(session: RequestSession): Promise<void> {
    return session.inOrder(() => this.endInTurn(session));
  }

  /** Ends the session and begins an empty one, as express-session's `regenerate` does. */
  replace(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      requireCookie(session.edge);
      await this.endInTurn(session);
      session.begin();
    });
  }

  /**
   * Returns what the user may see of the session, after this response; `undefined` if nobody is signed in.
   */
  summaryOf(session: RequestSession): SessionSummary | undefined {
    const { settings } = this;
    if (session.state.is !== 'stored' || session.userId === undefined) return undefined;
    const record = session.record();
    const metadata = seenNow(record.metadata, settings, this.commits.isTouchDue(session));
    return summaryOf({ ...record, metadata }, session.handle, true, settings);
  }

  /** Returns the record of any session, by its id. */
  async readById(id: string): Promise<SessionRecord | undefined> {
    const { store, format } = this.lifecycle;
    const key = keyOf(id, this.settings);
    return format.liveRecord((await store.read(key))?.payload, key);
  }

  /** Closes what the store opened, after all work under way is done. */
  async close(): Promise<void> {
    await this.lifecycle.pending.settled();
    await this.lifecycle.store.close();
    this.requestUsers.close();
  }

  private readonly emit: Emit = (event) => {
    try {
      this.observer.event({ ...event, at: new Date(this.settings.clock()) });
    } catch (error) {
      this.observer.error('A session event could not be emitted.', error); // the clock failed
    }
  };

  /** Makes what the cookie will hold; once the headers have left, the browser can no longer be told. */
  private readyCookie(session: RequestSession): void {
    this.lifecycle.tokens.prepare(session);
    if (session.isCookieDecided) this.cookies.missed(session);
  }

  /** Carries out the `unset` option now, instead of when the response leaves. */
  private async applyUnset(session: RequestSession): Promise<void> {
    if (this.settings.unset === 'destroy') await this.endings.end(session);
    else session.view.show(session.storedAttributes());
  }

  /**
   * Ends the session of a user who no longer exists, unless the request has ended it itself or has signed
   * somebody else in; then returns `false`.
   */
  private expel(session: RequestSession, userId: string): Promise<boolean> {
    return session.inOrder(async () => {
      if (session.record().metadata.userId !== userId) return false;
      await this.endInTurn(session, 'user-gone');
      return true;
    });
  }

  private async endInTurn(session: RequestSession, cause?: 'user-gone'): Promise<void> {
    if (this.lifecycle.tokens.carryRecords) requireCookie(session.edge);
    session.requireAvailable();
    if (session.isCookieDecided) this.cookies.missedEnd(session);
    await this.endings.end(session, cause);
  }

  private async readAgain(session: RequestSession): Promise<FoundRecord | undefined> {
    requireNotEnded(session);
    if (session.state.is === 'rotated') await this.crossing.refuse(session);
    const { store, tokens, records } = this.lifecycle;
    const { id, key, state, budget } = session;
    const own = 'stored' in state ? state.stored : undefined;
    const stored = tokens.carryRecords ? own : await store.read(key, budget);
    const record = stored && records.read(stored, key);
    if (stored === undefined || record === undefined) return undefined;
    if (typeof record === 'object') return { id, stored, record };
    if (record !== 'rotated') return undefined;
    const crossing = await this.crossing.meet(session, stored);
    if (crossing.is === 'refuse') {
      session.stayBehind(crossing.successor);
      throw new SessionRotatedError();
    }
    return crossing.is === 'follow' ? { id, ...crossing.to } : undefined;
  }

  private apply(session: RequestSession, { stored, record, late }: FoundRecord): void {
    const cookie = session.view.cookieAttributes();
    if (late === undefined) session.become(stored, record);
    else session.goOn({ stored, record, late });
    session.view.renewCookie(cookie);
  }

  /** @throws SessionRotatedError if it is another session by now */
  private requireUsable(session: RequestSession): Promise<void> | undefined {
    requireNotEnded(session);
    if (session.view.isUnset) throw sessionEnded();
    return this.crossing.refuse(session);
  }
}

function requireNotEnded(session: RequestSession): void {
  session.requireAvailable();
  if (session.resolve().isEndedHere) throw sessionEnded();
}
