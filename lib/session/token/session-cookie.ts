import { sign, unsign } from 'cookie-signature';
import { stringifySetCookie } from 'cookie';
import { candidates, hasCookie, MAX_VALUE_LENGTH } from './cookie-header.js';
import type { CookieAttributes } from '../record/session-record.js';
import type { CookieSettings } from '../../options/session-settings.js';

/** A session id that came in a cookie and proved to be ours. */
export interface VerifiedCookie {
  readonly id: string;
  /** True when an older secret signed it, and the cookie is due for a new signature. */
  readonly staleSignature: boolean;
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

/** What the header says when none of the cookies of this name, if any, is worth anything. */
export function unverified(header: string | undefined, name: string): CookieReading {
  return hasCookie(header, name) ? WORTHLESS : ABSENT;
}

const ABSENT: CookieReading = { present: false };
const WORTHLESS: CookieReading = { present: true };

/** An HMAC with SHA-256 in base64 without padding. */
const SIGNATURE_LENGTH = 43;
const MARK = 's:';
/** A mark, an id of one character, a dot and a signature. */
const MIN_SIGNED_LENGTH = MARK.length + 2 + SIGNATURE_LENGTH;

/**
 * Finds the session id in a `Cookie` header. A cookie that is malformed, unsigned, wrongly signed
 * or too long is no cookie; of the first few with the same name (cookie tossing) the first that
 * verifies counts.
 */
export function readSessionCookie(
  header: string | undefined,
  name: string,
  verify: (value: string) => VerifiedCookie | undefined,
): CookieReading {
  for (const value of candidates(header, name, MIN_SIGNED_LENGTH)) {
    const verified = verify(value);
    if (verified !== undefined) return { present: true, verified };
  }
  return unverified(header, name);
}

/** The id in a cookie's value, if one of the secrets signed it; the first is the one that signs. */
export function verifySignedId(
  raw: string,
  secrets: readonly string[],
): VerifiedCookie | undefined {
  const value = decodeValue(raw);
  if (value === undefined || !hasSignature(value)) return undefined;
  const signed = value.slice(MARK.length);
  for (const [index, secret] of secrets.entries()) {
    const id = unsign(signed, secret);
    if (id !== false && id !== '') return { id, staleSignature: index > 0 };
  }
  return undefined;
}

/** True for the form of a signed id, which costs less to see than a signature to compute. */
function hasSignature(value: string): boolean {
  return value.startsWith(MARK) && value.lastIndexOf('.') === value.length - SIGNATURE_LENGTH - 1;
}

/** A cookie's value as it was before it was encoded; `undefined` when it is none of ours. */
export function decodeValue(raw: string): string | undefined {
  if (raw.length > MAX_VALUE_LENGTH) return undefined;
  const unquoted = raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw;
  if (!unquoted.includes('%')) return unquoted;
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return undefined;
  }
}

/** An id as a cookie carries it, signed by the first of the secrets. */
export function signedId(id: string, [signingSecret = '']: readonly string[]): string {
  return MARK + sign(id, signingSecret);
}

/** The `Set-Cookie` value that makes the browser forget its session cookie. */
export function clearingCookie(name: string, attributes: CookieAttributes): string {
  return setCookie(name, '', attributes, new Date(0));
}

/** A `Set-Cookie` value (RFC 6265bis, 4.1). */
export function setCookie(
  name: string,
  value: string,
  { path, domain, httpOnly, secure, sameSite, partitioned, priority }: CookieAttributes,
  expires: Date | undefined,
): string {
  return stringifySetCookie({
    name,
    value,
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(expires !== undefined && { expires }),
    ...(httpOnly !== undefined && { httpOnly }),
    ...(secure !== undefined && { secure }),
    ...(sameSite !== undefined && { sameSite }),
    ...(partitioned !== undefined && { partitioned }),
    ...(priority !== undefined && { priority }),
  });
}

/** The configured attributes for one request: `'auto'` becomes what the connection allows. */
export function resolveCookie(
  settings: CookieSettings,
  overrides: Partial<CookieAttributes> | undefined,
  isSecure: boolean,
): CookieAttributes {
  const { secure, sameSite } = settings;
  return {
    ...settings,
    secure: secure === 'auto' ? isSecure : secure,
    sameSite: sameSite === 'auto' ? (isSecure ? 'none' : 'lax') : sameSite,
    ...overrides,
  };
}

/** The attributes of a cookie beside its lifetime. */
export const COOKIE_ATTRIBUTES = [
  'path',
  'domain',
  'httpOnly',
  'secure',
  'sameSite',
  'partitioned',
  'priority',
] as const satisfies readonly (keyof CookieAttributes)[];

/** Setting `maxAge` goes through the clock, so the same lifetime reads back a little off. */
const LIFETIME_TOLERANCE = 100;

/** True when both say the same to a browser. */
export function isSameCookie(one: CookieAttributes, other: CookieAttributes): boolean {
  if (!sameLifetime(one.originalMaxAge, other.originalMaxAge)) return false;
  return COOKIE_ATTRIBUTES.every((attribute) => one[attribute] === other[attribute]);
}

/** The attributes in which a session's cookie differs from the configured one. */
export function cookieOverrides(
  cookie: CookieAttributes,
  configured: CookieAttributes,
): Partial<CookieAttributes> | undefined {
  const differing: [string, unknown][] = [];
  if (!sameLifetime(cookie.originalMaxAge, configured.originalMaxAge)) {
    differing.push(['originalMaxAge', cookie.originalMaxAge]);
  }
  for (const attribute of COOKIE_ATTRIBUTES) {
    if (cookie[attribute] !== configured[attribute]) differing.push([attribute, cookie[attribute]]);
  }
  return differing.length === 0 ? undefined : Object.fromEntries(differing);
}

function sameLifetime(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= LIFETIME_TOLERANCE;
}
