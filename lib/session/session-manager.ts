import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSeal } from '../stores/session-seal.js';
import type { ReadRecord, SessionStore } from '../stores/session-store.js';
import { SessionCommit } from './commit/commit.js';
import { GroupWrite } from './commit/group-write.js';
import type { Member } from './commit/members.js';
import { WriteQueue } from './commit/write-queue.js';
import type { SessionEdge } from './edge.js';
import { RequestEndings } from './ending.js';
import { requireCookie, sessionEnded } from './errors.js';
import type { Emit, SessionObserver } from './events.js';
import { keyOf } from './ids.js';
import { createLifecycle } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';
import { SessionOpening } from './opening.js';
import type { SessionRecord } from './record/session-record.js';
import type { RequestSession } from './state/request-session.js';
import { ResponseCookies } from './response-cookies.js';
import { SessionRotation } from './rotation/rotation.js';
import { SessionSettlement } from './settlement.js';
import type { RotationKind } from './rotation/rotation-kinds.js';
import { SessionEndings } from './users/session-endings.js';
import { SessionIndex } from './users/session-index.js';
import { SessionLookup } from './users/session-lookup.js';
import { Tombstones } from './users/tombstones.js';
import { UserRevocations } from './users/user-revocations.js';
import { UserSessions } from './users/user-sessions.js';

/** What is stored under the id of a request's session. */
export interface FoundRecord {
  readonly id: string;
  readonly stored: ReadRecord;
  readonly record: SessionRecord;
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
  /** The session cookies of responses. */
  readonly cookies: ResponseCookies;
  private readonly lifecycle: Lifecycle;
  private readonly opening: SessionOpening;
  private readonly queue: WriteQueue<Member>;
  private readonly commits: SessionCommit;
  private readonly rotations: SessionRotation;
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
    this.opening = new SessionOpening(lifecycle, index);
    const writes = new GroupWrite(lifecycle, index);
    this.queue = new WriteQueue(
      (key) => lifecycle.store.stillBusy(key),
      (members, newest) => writes.write(members, newest),
    );
    const endings = new SessionEndings(lifecycle, lookup, index);
    this.endings = new RequestEndings(lifecycle, this.queue, lookup, endings);
    this.commits = new SessionCommit(lifecycle, index, this.queue);
    this.rotations = new SessionRotation(lifecycle, index, this.users);
    this.settlement = new SessionSettlement(lifecycle, this.commits, this.endings);
    this.cookies = new ResponseCookies(lifecycle);
  }

  /**
   * Opens the session of a request: at once without a session cookie, or with one that carries the
   * record; else after one read.
   * @throws StoreUnavailableError if the store fails and `onStoreFailure` is `'reject'`
   */
  open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
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
      requireUsable(session);
      if (session.state.is !== 'ended') await this.commits.save(session);
      this.lifecycle.tokens.prepare(session);
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

  /** What is stored of the session now; the request's own session stays as it is. */
  reread(session: RequestSession): Promise<FoundRecord | undefined> {
    return session.inOrder(() => this.readAgain(session));
  }

  /** Makes what {@link reread} found the session of the request. */
  applyReread(session: RequestSession, found: FoundRecord): void {
    if (!session.isEndedHere && session.id === found.id) this.apply(session, found);
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
      requireCookie(session.edge);
      session.requireAvailable();
      if (session.view.isUnset) await this.applyUnset(session);
      if (session.isEndedHere) session.begin();
      const rotation = kind(session.resolve(), this.settings.clock());
      if (session.state.is === 'ended' && rotation.continues) return;
      const rotate = (): Promise<void> => this.rotations.rotate(session, rotation);
      const isStored = session.state.is === 'stored';
      await (isStored ? this.queue.alone(session.key, session.budget, rotate) : rotate());
      this.lifecycle.tokens.prepare(session);
    });
  }

  /** Ends the session: its record is removed, and the browser is told to forget its cookie. */
  end(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      if (this.lifecycle.tokens.carryRecords) requireCookie(session.edge);
      session.requireAvailable();
      await this.endings.end(session);
    });
  }

  /** Ends the session and begins an empty one, as express-session's `regenerate` does. */
  replace(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      requireCookie(session.edge);
      session.requireAvailable();
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

  /** Closes what the store opened, after all work under way is done. */
  async close(): Promise<void> {
    await this.lifecycle.pending.settled();
    await this.lifecycle.store.close();
  }

  readonly emit: Emit = (event) => {
    try {
      this.observer.event({ ...event, at: new Date(this.settings.clock()) });
    } catch (error) {
      this.observer.error('A session event could not be emitted.', error); // the clock failed
    }
  };

  /** Carries out the `unset` option now, instead of when the response leaves. */
  private async applyUnset(session: RequestSession): Promise<void> {
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

  private apply(session: RequestSession, { stored, record }: FoundRecord): void {
    const cookie = session.view.cookieAttributes();
    session.become(stored, record);
    session.view.renewCookie(cookie);
  }
}

function requireUsable(session: RequestSession): void {
  requireNotEnded(session);
  if (session.view.isUnset) throw sessionEnded();
}

function requireNotEnded(session: RequestSession): void {
  session.requireAvailable();
  if (session.resolve().isEndedHere) throw sessionEnded();
}
