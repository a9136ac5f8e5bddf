import type { EndReason } from './record/absence.js';

/** Something that happened to a session. It never holds a session id. */
export interface SessionEvent {
  /**
   * - `created`: a new session, nobody signed in to it, was stored
   * - `loggedIn`: `login()` succeeded
   * - `rotated`: `regenerate()` or `confirm()` gave a new id
   * - `destroyed`: its own request ended a stored session
   * - `revoked`: `revoke()` or `revokeAll()` ended it, or its entry in the index of users was gone
   * - `evicted`: it had to go for a sign-in elsewhere, under `limit`
   * - `expired`: a record that the store still had is over; `cause` is the reason
   * - `rejected`: a cookie did not verify, or a record was no session
   * - `storeFailed`: the store failed or did not answer in time
   */
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
  /** Who was signed in, where that is known. */
  readonly userId?: string | undefined;
  /** When, by the `clock` option. */
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
  /** A request came with the session of another middleware, and was left alone. */
  otherMiddleware(): void;
  /** Something that was lost. */
  error(message: string, cause: unknown): void;
}
