import { AsyncResource } from 'node:async_hooks';
import { isSameCookie } from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges, changesBetween } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import { SessionUnusableError } from '../errors.js';
import type { SessionRecord } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Crossed } from '../state/session-state.js';
import type { KnownRecord } from './known-record.js';
import { Member } from './members.js';

/** What the request has made of its session besides the function. */
interface Pending {
  readonly changes: AttributeChanges;
  readonly cookie: CookieAttributes;
}

/** What the function returned, and what it made of the session. */
interface Ran<T, S = SessionSnapshot | undefined> {
  readonly result: T;
  readonly snapshot: S;
}

/** A function that changes the session; it runs again when its change has to be made anew. */
export class UpdateMember<T> extends Member {
  /** What it changes: a copy of its own each time. */
  private base: () => SessionAttributes;
  /** What the request had changed before the function ran; known once it has run. */
  private pending: Pending | undefined;
  private snapshot: SessionSnapshot | undefined;
  private last: Ran<T> | undefined;

  /** The function of the application, in the async context of its own request. */
  private readonly update: () => T;

  constructor(session: RequestSession, update: () => T) {
    super(session);
    this.update = AsyncResource.bind(update);
    session.view.object(); // so that it holds what others have stored before the function looks at it
    this.base = () => session.storedAttributes();
  }

  /**
   * Returns what the function returned the last time it ran. It runs once even if there is nothing to store.
   */
  result(): T {
    return (this.last ?? this.run(() => this.session.snapshot())).result;
  }

  ownSnapshot(): SessionSnapshot | undefined {
    this.base = () => this.session.storedAttributes();
    return this.run(() => this.session.changed()).snapshot;
  }

  /** Has the function run again on what is there, once its turn has come. */
  follow(to: Crossed): void {
    const { session } = this;
    const { view } = session;
    const { changes, cookie } = this.notePending();
    this.snapshot = undefined;
    view.restoreCookie(cookie);
    session.goOn(to);
    this.pending = { changes, cookie: view.cookieAttributes() };
    this.base = () => session.storedAttributes();
    view.fill(applyChanges(this.base(), changes));
  }

  change(attributes: SessionAttributes): SessionAttributes {
    this.notePending();
    const text = JSON.stringify(attributes);
    this.base = () => JSON.parse(text);
    return this.run(() => this.session.snapshot()).snapshot.copy();
  }

  /** Notes what the request changed besides the function. */
  private notePending(): Pending {
    const { snapshot } = this;
    const { changes, cookie } = this.pendingSoFar();
    if (snapshot === undefined) return { changes, cookie };
    const { view } = this.session;
    const since = changesBetween(snapshot.copy(), view.attributes());
    const now = view.cookieAttributes();
    this.pending = {
      changes: new Map([...changes, ...since]),
      cookie: isSameCookie(now, snapshot.cookie) ? cookie : now,
    };
    return this.pending;
  }

  private pendingSoFar(): Pending {
    const { view } = this.session;
    return (this.pending ??= {
      changes: changesBetween(this.base(), view.attributes()),
      cookie: view.cookieAttributes(),
    });
  }

  /**
   * Runs the function alone, and takes a snapshot of what it has made. When it throws, or has made
   * something that cannot be stored, the session object is as it was before.
   */
  private run<S extends SessionSnapshot | undefined>(take: () => S): Ran<T, S> {
    const { session } = this;
    const { view } = session;
    const { changes, cookie } = this.pendingSoFar();
    view.fill(applyChanges(this.base(), changes));
    view.restoreCookie(cookie);
    try {
      const result = refusePromise(this.update());
      this.cookieChange = view.cookieChange();
      const ran = { result, snapshot: take() };
      this.snapshot = ran.snapshot;
      this.last = ran;
      return ran;
    } catch (error) {
      // What others in the group have made of it is neither this session's nor stored yet.
      view.fill(applyChanges(session.storedAttributes(), changes));
      view.restoreCookie(cookie);
      this.snapshot = undefined;
      throw error;
    }
  }

  override reject(error: unknown): void {
    // Nobody knows whether it is stored: it must not be stored with what the request does later, over what
    // others make of the session meanwhile.
    if (this.isWaiting) this.undo();
    super.reject(error);
  }

  /** Takes back what the function made, but not what the request has changed since. */
  undo(): void {
    const { pending, snapshot, session } = this;
    if (pending === undefined || snapshot === undefined) return;
    this.showInstead(pending.changes);
    if (isSameCookie(session.view.cookieAttributes(), snapshot.cookie)) {
      session.view.restoreCookie(pending.cookie);
    }
  }

  /** Notes that the session has ended: the request keeps what it made of it, with nowhere to store it. */
  override lose(): void {
    if (this.snapshot !== undefined) {
      this.showInstead(changesBetween(this.base(), this.snapshot.copy()));
    }
    super.lose();
  }

  /** Shows only its own changes, without what others in the group made of the session by a failed write. */
  private showInstead(own: AttributeChanges): void {
    const { session, snapshot } = this;
    if (snapshot === undefined) return;
    try {
      session.showNewer(applyChanges(session.storedAttributes(), own), snapshot.copy());
    } catch {
      // A session object that cannot be read, or not be changed, stays as the application has made it.
    }
  }

  override written(known: KnownRecord, own?: SessionRecord): void {
    super.written(known, own);
    if (this.snapshot !== undefined) this.session.view.renewCookie(this.snapshot.cookie);
    this.session.written = 'commit';
  }

  protected showNewer(known: KnownRecord): void {
    const before = this.snapshot?.copy() ?? this.base();
    this.session.showNewer(known.attributes(), before);
  }
}

function refusePromise<T>(result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined); // it is refused whatever comes of it
    throw new SessionUnusableError(
      'The function given to update() returned a promise. It may run more than once and must be synchronous: await first, then change the session in update().',
    );
  }
  return result;
}
