import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import type { CookieReading } from './cookie-reading.js';

/**
 * What the cookie of a session holds, and how the session is found again by it: its signed id, with
 * the record behind a key in a store, or the sealed record itself.
 */
export interface SessionTokens {
  /** True when the cookie carries the record, so that nothing is kept anywhere else. */
  readonly carryRecords: boolean;

  /** Finds the session that the cookies of a request stand for. */
  read(header: string | undefined): CookieReading;

  /**
   * Makes the token of a session as it is stored now, if there is one to make.
   * @throws SessionTooLargeError when a browser would not take it
   */
  prepare(session: RequestSession): void;

  /**
   * What the cookie of a session is to hold under a new id; `undefined` when it is only that id.
   * @throws SessionTooLargeError when a browser would not take it
   */
  tokenOf(session: RequestSession, id: string, draft: RecordDraft): string | undefined;

  /** The `Set-Cookie` value with the session's token; `undefined` when it could not be made. */
  cookieFor(
    session: RequestSession,
    attributes: CookieAttributes,
    expires: Date | undefined,
  ): string | undefined;
}
