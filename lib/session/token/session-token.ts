import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import type { CookieReading } from './cookie-reading.js';

/**
 * What the cookie of a session holds, and how it leads back to the session. It is either the signed id,
 * with the record in a store, or the sealed record itself.
 */
export interface SessionTokens {
  /** True if the cookie carries the record, and nothing is stored anywhere else. */
  readonly carryRecords: boolean;

  /** Finds the session's cookie among those of a request. */
  read(header: string | undefined): CookieReading;

  /**
   * Makes the token of a session as it is stored now, if its cookie carries the record.
   * @throws SessionTooLargeError if a browser would not accept it
   */
  prepare(session: RequestSession): void;

  /**
   * Makes the token of a session under a new id; `undefined` if the cookie holds only the signed id.
   * @throws SessionTooLargeError if a browser would not accept it
   */
  tokenOf(session: RequestSession, id: string, draft: RecordDraft): string | undefined;

  /** Returns the `Set-Cookie` value with the session's token; `undefined` if the token could not be made. */
  cookieFor(session: RequestSession, attributes: CookieAttributes): string | undefined;
}
