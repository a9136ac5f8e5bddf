import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
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
    this.originalMaxAge = asTime(written['originalMaxAge']) ?? null;
    this.expires = asString(written['expires']);
    this.secure = asBoolean(written['secure']);
    this.httpOnly = asBoolean(written['httpOnly']);
    this.domain = asCookieDomain(written['domain']);
    this.path = asCookiePath(written['path']);
    this.sameSite = isSameSite(sameSite) ? sameSite : undefined;
    this.partitioned = asBoolean(written['partitioned']);
    this.priority = isPriority(priority) ? priority : undefined;
  }
}

/** Reads the cookie of a record. An attribute of a wrong type is left out; an invalid one makes it corrupt. */
export function readCookie(written: Record<string, unknown>): RecordCookie {
  return new WrittenCookie(written);
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

function asCookiePath(value: unknown): string | undefined {
  const path = asString(value);
  if (path === undefined || isCookiePath(path)) return path;
  throw new CorruptRecordError('its cookie has an invalid path');
}

function asCookieDomain(value: unknown): string | undefined {
  const domain = asString(value);
  if (domain === undefined || isCookieDomain(domain)) return domain;
  throw new CorruptRecordError('its cookie has an invalid domain');
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function isSameSite(value: unknown): value is boolean | 'lax' | 'strict' | 'none' {
  return typeof value === 'boolean' || value === 'lax' || value === 'strict' || value === 'none';
}

function isPriority(value: unknown): value is 'low' | 'medium' | 'high' {
  return value === 'low' || value === 'medium' || value === 'high';
}
