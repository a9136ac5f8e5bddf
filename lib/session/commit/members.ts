import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges, changesBetween } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import { SessionSnapshot } from '../data/snapshot.js';
import { SessionRotatedError, StoreUnavailableError } from '../errors.js';
import type { SessionRecord } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Crossed } from '../state/session-state.js';
import type { CookieChange } from '../state/session-view.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import { lazily } from './known-record.js';
import type { KnownRecord } from './known-record.js';
import type { GroupMember } from './write-queue.js';

/** What one request wants to have written to its session. */
export abstract class Member implements GroupMember {
  readonly done: Promise<void>;
  cookieChange: CookieChange;
  /** False once it was told the outcome. */
  isWaiting = true;
  private resolveDone: (() => void) | undefined;
  private rejectDone: ((error: unknown) => void) | undefined;

  constructor(readonly session: RequestSession) {
    this.cookieChange = session.view.cookieChange();
    this.done = new Promise((resolve, reject) => {
      this.resolveDone = resolve;
      this.rejectDone = reject;
    });
  }

  get key(): string {
    return this.session.key;
  }

  get budget(): WaitBudget {
    return this.session.budget;
  }

  /** Returns what it makes of the record that it has loaded itself; `undefined` for no change. */
  abstract ownSnapshot(): SessionSnapshot | undefined;

  /** Returns what it makes of other attributes, which are its own to change. */
  abstract change(attributes: SessionAttributes): SessionAttributes;

  /** Notes that it is stored. @param own the record, if nobody else has a part in it */
  written(known: KnownRecord, own?: SessionRecord): void {
    const { session } = this;
    if ('cookie' in this.cookieChange) session.outdateCookie();
    session.become(known.stored, own ?? lazily(known));
    if (own === undefined) this.showNewer(known);
  }

  resolve(): void {
    this.isWaiting = false;
    this.resolveDone?.();
  }

  /** Tells it once that it failed. */
  reject(error: unknown): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    if (error instanceof StoreUnavailableError) this.budget.hasFailed = true;
    this.rejectDone?.(error);
  }

  /** Notes that the session is gone. */
  lose(): void {
    this.session.lose();
  }

  /** Notes that the session has a new id, and is another one. */
  refuse(successor: string): void {
    this.session.stayBehind(successor);
    this.reject(new SessionRotatedError());
  }

  /** Goes on with the session under its new id. */
  abstract follow(to: Crossed): void;

  /** Makes the session object follow what others have stored. */
  protected abstract showNewer(known: KnownRecord): void;
}

/** A session as it was when its request asked to have it stored. */
export class CommitMember extends Member {
  private known: AttributeChanges | undefined;

  /** @param isOver true when the request is answered: its object follows only when somebody looks at it */
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

  override written(known: KnownRecord, own?: SessionRecord): void {
    super.written(known, own);
    this.session.view.renewCookie(this.snapshot.cookie);
    this.session.written = 'commit';
  }

  protected showNewer(known: KnownRecord): void {
    const { session, snapshot } = this;
    const show = (): void => session.showNewer(known.attributes(), snapshot.copy());
    if (this.isOver) session.view.onNextLook(show);
    else show();
  }

  /** Applies what it has changed to what is there. */
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

/** Extends the idle timeout, together with what others write. */
export class TouchMember extends Member {
  /** @param touch extends it by a write of its own; returns what is stored then, if that is known */
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

  /** Gives up the touch, which is not worth a write of its own there. */
  follow(): void {
    this.resolve();
  }

  override refuse(): void {
    this.resolve();
  }

  /** Leaves the session object, and what it is compared with, as they were loaded. */
  override written(): void {
    const { session } = this;
    session.noteWritten();
    if (session.written === 'none') session.written = 'touch';
  }

  protected showNewer(): void {
    // nothing of it was changed
  }
}
