import { candidates, hasCookie } from './cookie-header.js';

/** A session id that came in a cookie and proved to be ours. */
export interface VerifiedCookie {
  readonly id: string;
  /** True when an older secret signed it or an older key sealed it, so that it is due to be renewed. */
  readonly isStale: boolean;
  /** The session's record, where the cookie carries it along. */
  readonly payload?: string;
  /** The session's public name, where it is known already. */
  readonly handle?: string;
  /** The cookie's value as it was signed or sealed, where it is known already. */
  readonly signed?: string | undefined;
}

/** What the `Cookie` header says about the session. */
export interface CookieReading {
  /** A cookie of this name came, whatever it is worth. */
  readonly present: boolean;
  readonly verified?: VerifiedCookie;
}

const ABSENT: CookieReading = { present: false };
const WORTHLESS: CookieReading = { present: true };

/**
 * Finds the session's cookie in a `Cookie` header. A cookie that is malformed, forged or too long is
 * no cookie; of the first few with the same name (cookie tossing) the first that verifies counts.
 * @param minLength of a value that may be ours
 */
export function readCookieHeader(
  header: string | undefined,
  name: string,
  minLength: number,
  verify: (value: string) => VerifiedCookie | undefined,
): CookieReading {
  for (const value of candidates(header, name, minLength)) {
    const verified = verify(value);
    if (verified !== undefined) return { present: true, verified };
  }
  return hasCookie(header, name) ? WORTHLESS : ABSENT;
}
