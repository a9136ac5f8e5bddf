import { candidates, hasCookie } from './cookie-header.js';

/** A session cookie that verified. */
export interface VerifiedCookie {
  readonly id: string;
  /** True if an older secret signed it, or an older key sealed it, and it is to be renewed. */
  readonly isStale: boolean;
  /** The session's record, if the cookie carries it. */
  readonly payload?: string;
  /** The SHA-256 of the id, in base64url, if it is known already. */
  readonly hash?: string;
  /** The signed or sealed value of the cookie, if it is known already. */
  readonly signed?: string | undefined;
}

/** What the `Cookie` header says about the session. */
export interface CookieReading {
  /** True if there was a cookie of this name, valid or not. */
  readonly present: boolean;
  readonly verified?: VerifiedCookie;
}

const ABSENT: CookieReading = { present: false };
const UNVERIFIED: CookieReading = { present: true };

/** Verifies the value of a cookie; `undefined` for one that is malformed or forged. */
export type Verify = (value: string) => VerifiedCookie | undefined;

/** All of the first few cookies of this name that verify. */
export function* verifiedCookies(
  header: string | undefined,
  name: string,
  minLength: number,
  verify: Verify,
): Iterable<VerifiedCookie> {
  for (const value of candidates(header, name, minLength)) {
    const verified = verify(value);
    if (verified !== undefined) yield verified;
  }
}

/**
 * Finds the session's cookie in a `Cookie` header. A cookie that is malformed, forged or too long is
 * ignored; of the first few with the same name (cookie tossing), the first that verifies counts.
 * @param minLength the least length of a session cookie's value
 */
export function readCookieHeader(
  header: string | undefined,
  name: string,
  minLength: number,
  verify: Verify,
): CookieReading {
  for (const verified of verifiedCookies(header, name, minLength, verify)) {
    return { present: true, verified };
  }
  return hasCookie(header, name) ? UNVERIFIED : ABSENT;
}
