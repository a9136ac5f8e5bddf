import { AsyncResource } from 'node:async_hooks';
import { applyChanges, changesBetween } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionAttributes } from '../data/attributes.js';
import { SessionSnapshot } from '../data/snapshot.js';
import { SessionRotatedError, SessionUnusableError, StoreUnavailableError } from '../errors.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Crossed } from '../state/session-state.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import { lazily } from './known-record.js';
import type { KnownRecord } from './known-record.js';
import type { GroupMember } from './write-queue.js';

/** The cookie attributes that the application set, where it changed them. */
export type CookieChange = Pick<SessionMetadata, 'cookie'>;

/** What one request wants to have written of its session. */
export abstract class Member implements GroupMember {
  readonly done: Promise<void>;
  readonly cookieChange: CookieChange;
  /** False once it was told what came of it. */
  isWaiting = true;
  private settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(readonly session: RequestSession) {
    const { view } = session;
    this.cookieChange = view.hasChangedCookie() ? { cookie: view.cookieOverrides() } : {};
    this.done = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  get key(): string {
    return this.session.key;
  }

  get budget(): WaitBudget {
    return this.session.budget;
  }

  /** What it makes of the record that it has loaded itself; `undefined` for no change. */
  abstract ownSnapshot(): SessionSnapshot | undefined;

  /** What it makes of other attributes, which are its own to change. */
  abstract change(attributes: SessionAttributes): SessionAttributes;

  /** It is stored. @param isShared true when there is more in the record than it has made */
  written(known: KnownRecord, isShared: boolean): void {
    const { session } = this;
    session.become(known.stored, lazily(known));
    if ('cookie' in this.cookieChange) session.outdateCookie();
    if (isShared) this.showNewer(known);
  }

  resolve(): void {
    this.isWaiting = false;
    this.settle?.resolve();
  }

  reject(error: unknown): void {
    this.isWaiting = false;
    if (error instanceof StoreUnavailableError) this.budget.hasFailed = true;
    this.settle?.reject(error);
  }

  /** The session is gone. */
  lose(): void {
    this.session.lose();
  }

  /** The session has a new id, and is another one. */
  refuse(successor: string): void {
    this.session.stayBehind(successor);
    this.reject(new SessionRotatedError());
  }

  /** The session has a new id, and its request goes on with it there. */
  abstract follow(to: Crossed): void;

  /** Has the session object follow what others have stored. */
  protected abstract showNewer(known: KnownRecord): void;
}

/** A session as it was when its request asked to have it stored. */
export class CommitMember extends Member {
  private known: AttributeChanges | undefined;

  /** @param isOver true when the request is answered: its object follows when somebody looks at it */
  constructor(
    session: RequestSession,
    private snapshot: SessionSnapshot,
    private readonly isOver: boolean,
  ) {
    super(session);
  }

  ownSnapshot(): SessionSnapshot {
    return this.snapshot;
  }

  change(attributes: SessionAttributes): SessionAttributes {
    return applyChanges(attributes, this.changes());
  }

  override written(known: KnownRecord, isShared: boolean): void {
    super.written(known, isShared);
    this.session.view.renewCookie(this.snapshot.cookie);
    this.session.written = 'commit';
  }

  protected showNewer(known: KnownRecord): void {
    const { session, snapshot } = this;
    const show = (): void => session.showNewer(known.attributes(), snapshot.copy());
    if (this.isOver) session.view.onNextLook(show);
    else show();
  }

  /** What it has changed is made to what is there. */
  follow(to: Crossed): void {
    const { session, snapshot } = this;
    const changes = this.changes();
    session.goOn(to);
    const merged = applyChanges(session.storedAttributes(), changes);
    session.showNewer(merged, snapshot.copy());
    this.snapshot = SessionSnapshot.ofStored(merged, snapshot.cookie);
  }

  private changes(): AttributeChanges {
    const { session, snapshot } = this;
    return (this.known ??= changesBetween(session.storedAttributes(), snapshot.copy()));
  }
}

/** A function that changes the session; it runs again when it has to be changed anew. */
export class UpdateMember<T> extends Member {
  /** What it changes: a copy of its own each time. */
  private base: () => SessionAttributes;
  /** What the request had changed before the function ran; known once it has run. */
  private pending: AttributeChanges | undefined;
  private snapshot: SessionSnapshot | undefined;
  private last: { readonly result: T } | undefined;

  /** The function of the application, in the async context of its own request. */
  private readonly update: () => T;

  constructor(session: RequestSession, update: () => T) {
    super(session);
    this.update = AsyncResource.bind(update);
    session.view.object(); // which is to hold what others have stored before the function looks at it
    this.base = () => session.storedAttributes();
  }

  /** What the function returned the last time it ran. It runs once though there is nothing to store. */
  result(): T {
    return (this.last ?? this.run()).result;
  }

  ownSnapshot(): SessionSnapshot | undefined {
    this.base = () => this.session.storedAttributes();
    this.run();
    this.snapshot = this.session.changed();
    return this.snapshot;
  }

  /** The function runs again on what is there, once its turn has come. */
  follow(to: Crossed): void {
    const { session } = this;
    const pending = this.notePending();
    this.snapshot = undefined;
    session.goOn(to);
    this.base = () => session.storedAttributes();
    session.view.fill(applyChanges(this.base(), pending));
  }

  change(attributes: SessionAttributes): SessionAttributes {
    this.notePending();
    const text = JSON.stringify(attributes);
    this.base = () => JSON.parse(text);
    this.run();
    this.snapshot = this.session.snapshot();
    return this.snapshot.copy();
  }

  /** Notes what the request changed beside the function. */
  private notePending(): AttributeChanges {
    const changes = this.changesSoFar();
    if (this.snapshot === undefined) return changes;
    const since = changesBetween(this.snapshot.copy(), this.session.view.attributes());
    return (this.pending = new Map([...changes, ...since]));
  }

  private changesSoFar(): AttributeChanges {
    return (this.pending ??= changesBetween(this.base(), this.session.view.attributes()));
  }

  /** Runs the function alone; when it throws, the session object is as it was before. */
  run(): { readonly result: T } {
    const { view } = this.session;
    const pending = this.changesSoFar();
    view.fill(applyChanges(this.base(), pending));
    try {
      this.last = { result: refusePromise(this.update()) };
      return this.last;
    } catch (error) {
      // What others in the group have made of it is not this session's, nor stored yet.
      view.fill(applyChanges(this.session.storedAttributes(), pending));
      this.snapshot = undefined;
      throw error;
    }
  }

  override reject(error: unknown): void {
    this.keepOwn();
    super.reject(error);
  }

  override lose(): void {
    this.keepOwn();
    super.lose();
  }

  /** What others have made of the session, by a write that came to nothing, is not its own. */
  private keepOwn(): void {
    const { session, snapshot } = this;
    if (snapshot === undefined) return;
    const own = changesBetween(this.base(), snapshot.copy());
    session.showNewer(applyChanges(session.storedAttributes(), own), snapshot.copy());
  }

  override written(known: KnownRecord, isShared: boolean): void {
    super.written(known, isShared);
    if (this.snapshot !== undefined) this.session.view.renewCookie(this.snapshot.cookie);
    this.session.written = 'commit';
  }

  protected showNewer(known: KnownRecord): void {
    const before = this.snapshot?.copy() ?? this.base();
    this.session.showNewer(known.attributes(), before);
  }
}

/** Extends the idle timeout, with what others write. */
export class TouchMember extends Member {
  /** @param touch extends it by a write of its own; answers what is stored then, where that is known */
  constructor(
    session: RequestSession,
    readonly touch: () => Promise<KnownRecord | undefined>,
  ) {
    super(session);
  }

  ownSnapshot(): undefined {
    return undefined;
  }

  change(attributes: SessionAttributes): SessionAttributes {
    return attributes;
  }

  /** It is not worth a write of its own there. */
  follow(): void {
    this.resolve();
  }

  override refuse(): void {
    this.resolve();
  }

  /** The session object stays as it was loaded, and so does what it is compared with. */
  override written(): void {
    const { session } = this;
    if (session.written === 'none') session.written = 'touch';
  }

  protected showNewer(): void {
    // nothing of it was changed
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
