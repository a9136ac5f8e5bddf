import { AsyncResource } from 'node:async_hooks';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges, changesBetween } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import { SessionUnusableError } from '../errors.js';
import type { RequestSession } from '../state/request-session.js';
import type { Crossed } from '../state/session-state.js';
import type { KnownRecord } from './known-record.js';
import { Member } from './members.js';

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

function refusePromise<T>(result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined); // it is refused whatever comes of it
    throw new SessionUnusableError(
      'The function given to update() returned a promise. It may run more than once and must be synchronous: await first, then change the session in update().',
    );
  }
  return result;
}
