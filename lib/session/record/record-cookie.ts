import type { CookieAttributes, CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { isCookieDomain, isCookiePath, isTime } from '../../options/cookie/cookie-rules.js';
import { CorruptRecordError } from '../errors.js';
import type { RecordCookie } from './session-record.js';

/** A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
class WrittenCookie implements RecordCookie {
  readonly originalMaxAge: number | null;
  readonly expires: string | undefined;
  readonly secure: boolean | undefined;
  readonly httpOnly: boolean | undefined;
  readonly domain: string | undefined;
  readonly path: string | undefined;
  readonly sameSite: CookieAttributes['sameSite'];
  readonly partitioned: boolean | undefined;
  readonly priority: CookieAttributes['priority'];

  constructor(written: Record<string, unknown>) {
    const { sameSite, priority } = written;
    this.originalMaxAge = asLifetime(written['originalMaxAge']) ?? null;
    this.expires = asString(written['expires']);
    this.secure = asBoolean(written['secure']);
    this.httpOnly = asBoolean(written['httpOnly']);
    this.domain = asCookieDomain(written['domain']);
    this.path = asCookiePath(written['path']);
    this.sameSite = asOneOf(isSameSite, sameSite);
    this.partitioned = asBoolean(written['partitioned']);
    this.priority = asOneOf(isPriority, priority);
  }
}

/** Reads the cookie of a record. What no cookie can carry is left out: nobody is signed out by it. */
export function readCookie(written: Record<string, unknown>): RecordCookie {
  return new WrittenCookie(written);
}

/**
 * Reads only the attributes that were written: an absent one is not the same as one that is unset. What no
 * cookie can carry counts as absent, so that the configured attribute applies.
 */
export function readOverrides(written: Record<string, unknown>): NonNullable<CookieOverrides> {
  const read = Object.entries(readCookie(written));
  return Object.fromEntries(
    read.filter(([name, value]) => (value === null ? written[name] === null : value !== undefined)),
  );
}

/**
 * Returns the cookie of a record, in the order in which express-session's own cookies are written, so that
 * its stores return the same text.
 */
export function recordCookie(cookie: CookieAttributes, expires: string | undefined): RecordCookie {
  return {
    originalMaxAge: cookie.originalMaxAge,
    partitioned: cookie.partitioned,
    priority: cookie.priority,
    expires,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    domain: cookie.domain,
    path: cookie.path,
    sameSite: cookie.sameSite,
  };
}

/** @throws CorruptRecordError for a number that is beyond the range of a date */
export function asTime(value: unknown): number | undefined {
  if (typeof value !== 'number') return undefined;
  if (!isTime(value)) throw new CorruptRecordError('a time in it is beyond what a date can hold');
  return value;
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asLifetime(value: unknown): number | undefined {
  return typeof value === 'number' && isTime(value) ? value : undefined;
}

function asCookiePath(value: unknown): string | undefined {
  return typeof value === 'string' && isCookiePath(value) ? value : undefined;
}

function asCookieDomain(value: unknown): string | undefined {
  return typeof value === 'string' && isCookieDomain(value) ? value : undefined;
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Reads a word in any case, as cookies are written with it. */
function asOneOf<T>(isOne: (value: unknown) => value is T, value: unknown): T | undefined {
  if (isOne(value)) return value;
  const word = asString(value)?.toLowerCase();
  return isOne(word) ? word : undefined;
}

function isSameSite(value: unknown): value is boolean | 'lax' | 'strict' | 'none' {
  return typeof value === 'boolean' || value === 'lax' || value === 'strict' || value === 'none';
}

function isPriority(value: unknown): value is 'low' | 'medium' | 'high' {
  return value === 'low' || value === 'medium' || value === 'high';
}
