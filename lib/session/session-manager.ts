import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import type { SessionStore } from '../stores/session-store.js';
import { BoundedStore } from './storage/bounded-store.js';
import { payloadReader } from './record/payload-reader.js';
import type { PayloadReader } from './record/payload-reader.js';
import { IndexEntries } from './users/index-entries.js';
import { liveRecord } from './record/record-reader.js';
import { PendingWork } from './storage/pending-work.js';
import { RejectedRecords } from './record/rejected-records.js';
import { RequestEndings } from './ending.js';
import { RequestSession } from './request-session.js';
import { SessionCommit } from './commit.js';
import { OutgoingCookie } from './client-cookie.js';
import { SealedRecords } from './token/sealed-records.js';
import { sessionEnded } from './errors.js';
import type { Emit, SessionObserver } from './events.js';
import { SessionEndings } from './users/session-endings.js';
import { keyOf } from './ids.js';
import { SessionLookup } from './users/session-lookup.js';
import { SessionOpening } from './opening.js';
import type { SessionRecord } from './record/session-record.js';
import { SessionRotation } from './rotation.js';
import type { RotationPlan } from './rotation-kinds.js';
import type { SessionRequest } from './edge.js';
import { SessionSettlement } from './session-settlement.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionTokens } from './token/session-tokens.js';
import { SessionWriter } from './record-draft.js';
import { SignedIds } from './token/signed-ids.js';
import { UNKEPT_RECORDS } from './storage/null-store.js';
import { UserRevocations } from './users/user-revocations.js';
import { UserSessions } from './users/user-sessions.js';

/** What was found in the store under the id of a request's session. */
export interface FoundRecord {
  readonly id: string;
  readonly payload: string;
  readonly record: SessionRecord;
}

/**
 * The lifecycle of a request's session: open; commit or touch when the response is about to leave;
 * rotate or end in between.
 */
export class SessionEngine {
  /** Which sessions a user has. */
  readonly users: UserSessions;
  private readonly tokens: SessionTokens;
  private readonly store: BoundedStore;
  private readonly pending = new PendingWork();
  /** What a request ends or spares. */
  readonly endings: RequestEndings;
  private readonly opening: SessionOpening;
  private readonly commits: SessionCommit;
  private readonly rotations: SessionRotation;
  private readonly cookies: OutgoingCookie;
  private readonly settlement: SessionSettlement;
  private readonly readPayload: PayloadReader;

  constructor(
    readonly settings: SessionSettings,
    place: SessionStore | SessionSeal,
    readonly observer: SessionObserver,
  ) {
    const isSealed = isSessionSeal(place);
    this.tokens = isSealed ? new SealedRecords(settings, place) : new SignedIds(settings);
    const store = isSealed ? UNKEPT_RECORDS : place;
    this.store = new BoundedStore(store, settings.storeTimeout, (cause) => {
      this.emit({ type: 'storeFailed', cause });
    });
    this.cookies = new OutgoingCookie(settings, this.tokens, observer);
    const { emit } = this;
    const rejectedRecords = new RejectedRecords(this.store, observer);
    const readPayload = payloadReader(settings, rejectedRecords, emit);
    this.readPayload = readPayload;
    const index = this.store.indexed;
    const writer = new SessionWriter(settings, this.store, readPayload, index !== undefined);
    const lookup = new SessionLookup(settings, this.store);
    const entries = index && new IndexEntries(settings, lookup, index);
    const endings = new SessionEndings(settings, this.store, lookup, index, entries);
    const revocations = index && new UserRevocations(settings, this.store, index);
    this.users = new UserSessions(
      settings,
      this.store,
      index,
      entries,
      lookup,
      endings,
      revocations,
      this.pending,
      emit,
    );
    this.opening = new SessionOpening(settings, this.store, this.users);
    this.endings = new RequestEndings(
      settings,
      this.store,
      lookup,
      endings,
      this.users,
      isSealed,
      readPayload,
      emit,
    );
    this.commits = new SessionCommit(settings, this.store, writer, this.users, emit);
    this.rotations = new SessionRotation(
      settings,
      this.store,
      writer,
      this.users,
      this.tokens,
      this.pending,
      readPayload,
      emit,
    );
    this.settlement = new SessionSettlement(
      settings,
      this.commits,
      this.tokens,
      this.pending,
      observer,
      (session) => this.endings.end(session),
    );
  }

  /**
   * Opens the session of a request: at once when no cookie of ours came, or one
   * that carries the record; else after one read.
   * @throws StoreUnavailableError when the store fails and `onStoreFailure` is `'reject'`
   */
  open(request: SessionRequest): RequestSession | Promise<RequestSession> {
    const cookie = this.tokens.read(request.cookieHeader);
    const session = new RequestSession(request, cookie, this.settings, this.readPayload);
    if (cookie.verified === undefined) {
      if (cookie.present) this.emit({ type: 'rejected', cause: 'no cookie of this name verified' });
      return session;
    }
    return this.tokens.carryRecords ? session : this.opening.load(session);
  }

  /**
   * Stores what the request changed, or extends its session's idle timeout when that is due.
   * `undefined` when there is nothing to do, so that a clean response stays synchronous.
   */
  settle(session: RequestSession): Promise<void> | undefined {
    return this.settlement.settle(session);
  }

  /** Stores the session now; when it is gone it stays gone, and that is no error. */
  save(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      this.requireUsable(session);
      if (session.state === 'open') await this.commits.commit(session);
      this.tokens.prepare(session);
    });
  }

  /** Reads the session again and forgets this request's changes; `false` when it is gone. */
  reload(session: RequestSession): Promise<boolean> {
    return session.inOrder(async () => {
      const { isUnset } = session; // what is taken away from now on stays so
      const found = await this.readAgain(session);
      if (found === undefined) return false;
      session.adopt(found.payload, found.record, session.cookieAttributes());
      // At once: what is stored next must not take the old attributes for changes.
      const { attributes } = session.base();
      if (isUnset) session.show(attributes);
      else session.refill(attributes);
      return true;
    });
  }

  /** What is stored of the session now; the request's own session stays as it is. */
  reread(session: RequestSession): Promise<FoundRecord | undefined> {
    return session.inOrder(() => this.readAgain(session));
  }

  /** Puts before the application what was read again, in the place of what it had. */
  resume(session: RequestSession, { id, payload, record }: FoundRecord): void {
    if (session.state !== 'ended' && session.id === id) {
      session.adopt(payload, record, session.cookieAttributes());
    }
  }

  /** One atomic read-modify-write: `change` runs again when another request stored first. */
  update<T>(session: RequestSession, change: () => T): Promise<T> {
    return session.inOrder(async () => {
      this.requireUsable(session);
      const result = await this.commits.update(session, change);
      this.tokens.prepare(session);
      return result;
    });
  }

  /** Gives the session a new id, in place; the old one stops working. */
  rotate(session: RequestSession, plan: RotationPlan): Promise<void> {
    return session.inOrder(async () => {
      if (session.failure !== undefined) throw session.failure;
      if (session.isUnset) await this.unset(session);
      if (session.state === 'ended') session.beginAnew();
      const rotation = plan(session, this.settings.clock());
      if (session.state === 'gone' && rotation.continues) return;
      await this.rotations.rotate(session, rotation);
      this.tokens.prepare(session);
    });
  }

  /** Ends the session: its record is removed, and the browser is told to forget its cookie. */
  end(session: RequestSession): Promise<void> {
    return session.inOrder(() => this.endings.end(session));
  }

  /** Ends the session and begins an empty one, as express-session's `regenerate` does. */
  replace(session: RequestSession): Promise<void> {
    return session.inOrder(async () => {
      await this.endings.end(session);
      session.beginAnew();
    });
  }

  /** The record of any session, by its id. */
  async readById(id: string): Promise<SessionRecord | undefined> {
    const key = keyOf(id, this.settings);
    return liveRecord(await this.store.read(key), key, this.settings);
  }

  /** The `Set-Cookie` value that the response must carry, if any. Asked once, as headers leave. */
  setCookieFor(session: RequestSession): string | undefined {
    return this.cookies.setCookieFor(session);
  }

  /** Something was stored after the headers had left. */
  missedCookie(session: RequestSession): void {
    this.cookies.missed(session);
  }

  /** Lets go of what the store opened, once the sessions of clients that went away are stored. */
  async close(): Promise<void> {
    await this.pending.over();
    await this.store.close();
  }

  readonly emit: Emit = (event) => {
    try {
      this.observer.event({ ...event, at: new Date(this.settings.clock()) });
    } catch (error) {
      this.observer.error('A session event could not be told.', error); // the clock failed
    }
  };

  /** Does at once what setting the session to nothing asks for at the end of the request. */
  private async unset(session: RequestSession): Promise<void> {
    if (this.settings.unset === 'destroy') await this.endings.end(session);
    else session.show(session.base().attributes);
  }

  private async readAgain(session: RequestSession): Promise<FoundRecord | undefined> {
    this.requireNotEnded(session);
    const { id, key, stored, budget } = session;
    const payload = this.tokens.carryRecords ? stored : await this.store.read(key, budget);
    const record = payload === undefined ? undefined : this.readPayload(payload, session);
    if (payload === undefined || typeof record !== 'object') return undefined;
    return { id, payload, record };
  }

  private requireUsable(session: RequestSession): void {
    this.requireNotEnded(session);
    if (session.isUnset) throw sessionEnded();
  }

  private requireNotEnded({ failure, state }: RequestSession): void {
    if (failure !== undefined) throw failure;
    if (state === 'ended') throw sessionEnded();
  }
}
