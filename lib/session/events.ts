import type { CrossOriginError } from './errors.js';
import type { EndReason } from './record/absence.js';

/** Something that happened to a session. It never holds a session id. */
export interface SessionEvent {
  /**
   * - `created`: a new session was stored, with nobody signed in
   * - `loggedIn`: `login()` succeeded
   * - `adopted`: `adopt()` entered a session into the index of its user
   * - `rotated`: `regenerate()` or `confirm()` gave a new id
   * - `destroyed`: its own request ended a stored session; `cause` is `'user-gone'` if that was
   *   because `loadUser` returned no user for it
   * - `revoked`: `revoke()` or `revokeAll()` ended it, or its entry in the index of users was gone
   * - `evicted`: a sign-in elsewhere ended it, under `limit`
   * - `expired`: a session whose record was still stored has timed out; `cause` is the reason
   * - `rejected`: a cookie did not verify, or a record is no session
   * - `storeFailed`: the store failed or did not answer in time
   */
  readonly type:
    | 'created'
    | 'loggedIn'
    | 'adopted'
    | 'rotated'
    | 'destroyed'
    | EndReason
    | 'expired'
    | 'rejected'
    | 'storeFailed';
  /** The session's public name, whatever ids it gets; absent if no session is known. */
  readonly handle?: string | undefined;
  /** Who was signed in, if that is known. */
  readonly userId?: string | undefined;
  /** When, by the `clock` option. */
  readonly at: Date;
  /** The cause: an `Error`, or a word such as the reason of an expiry. */
  readonly cause?: unknown;
}

/** Emits an event, which is dated now. */
export type Emit = (event: Omit<SessionEvent, 'at'>) => void;

/** Is told by the lifecycle what happens, and what someone should look into. */
export interface SessionObserver {
  event(event: SessionEvent): void;
  /** A response over plain HTTP had a session cookie to send; if it is Secure, it was held back. */
  cookieOverPlainHttp(isHeldBack: boolean): void;
  /** The headers of the response had left before the session had a cookie, so the browser did not get it. */
  cookieTooLate(): void;
  /** The same, where cookies carry the records: the change is lost. */
  recordTooLate(): void;
  /** A request already had the session of another middleware, and was left alone. */
  otherMiddleware(): void;
  /** A page of another origin sent a request that may change something; it is refused, or only noted. */
  crossOrigin(error: CrossOriginError, isRefused: boolean): void;
  /** Something failed that someone should look into. */
  error(message: string, cause: unknown): void;
}
