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
  /** Cookies of the same name that hold the ids of other sessions, in the browser's order, if any came. */
  readonly others?: readonly VerifiedCookie[] | undefined;
}

const ABSENT: CookieReading = { present: false };
const UNVERIFIED: CookieReading = { present: true };

/**
 * How many sessions a request may name: each costs a look into the store. A browser has two cookies of
 * one name when the domain or the path of the cookie was changed, and more if other hosts plant theirs.
 */
const MAX_SESSIONS = 4;

/**
 * Finds the session's cookie in a `Cookie` header. A cookie that is malformed, forged or too long is
 * ignored; the first few of the same name are looked at (cookie tossing).
 * @param minLength the least length of a session cookie's value
 */
export function readCookieHeader(
  header: string | undefined,
  name: string,
  minLength: number,
  verify: (value: string) => VerifiedCookie | undefined,
): CookieReading {
  let first: VerifiedCookie | undefined;
  let others: VerifiedCookie[] | undefined;
  for (const value of candidates(header, name, minLength)) {
    const verified = verify(value);
    if (verified === undefined || verified.id === first?.id) continue;
    if (first === undefined) first = verified;
    else if (others === undefined) others = [verified];
    else if (others.every(({ id }) => id !== verified.id)) others.push(verified);
    if (others?.length === MAX_SESSIONS - 1) break;
  }
  if (first === undefined) return hasCookie(header, name) ? UNVERIFIED : ABSENT;
  return new SessionsNamed(first, others);
}

/** A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
class SessionsNamed implements CookieReading {
  readonly present = true;

  constructor(
    readonly verified: VerifiedCookie,
    readonly others: readonly VerifiedCookie[] | undefined,
  ) {}
}
