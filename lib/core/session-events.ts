import type { EndReason } from './tombstone.js';

/** Something that happened to a session. It never holds a session id. */
export interface SessionEvent {
  readonly type:
    | 'created'
    | 'loggedIn'
    | 'rotated'
    | 'destroyed'
    | EndReason
    | 'expired'
    | 'rejected'
    | 'storeFailed';
  /** The session's public name; absent where no session is known. */
  readonly handle?: string | undefined;
  readonly userId?: string | undefined;
  readonly at: Date;
  /** What lies behind it: an `Error`, or a word such as the reason of an expiry. */
  readonly cause?: unknown;
}

/** Tells that something happened now. */
export type Emit = (event: Omit<SessionEvent, 'at'>) => void;

/** Where the lifecycle tells what happens and what someone should look into. */
export interface SessionObserver {
  event(event: SessionEvent): void;
  /** A response over plain HTTP had a session cookie to carry; a Secure one was held back. */
  cookieOverPlainHttp(isHeldBack: boolean): void;
  /** The response's headers had left when the session got its cookie, so the browser has none. */
  cookieTooLate(): void;
  /** The same, where the cookie carries the record: what changed is lost. */
  recordTooLate(): void;
  /** Something that was lost. */
  error(message: string, cause: unknown): void;
}
