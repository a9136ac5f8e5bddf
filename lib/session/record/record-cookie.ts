import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import { isCookieDomain, isCookiePath, isTime } from '../../options/cookie/cookie-rules.js';
import { CorruptRecordError } from '../errors.js';
import type { RecordCookie } from './session-record.js';

/** Reads the cookie of a record. An attribute of a wrong type is left out; an invalid one makes it corrupt. */
export function readCookie(written: Record<string, unknown>): RecordCookie {
  const { sameSite, priority } = written;
  return {
    originalMaxAge: asTime(written['originalMaxAge']) ?? null,
    expires: asString(written['expires']),
    secure: asBoolean(written['secure']),
    httpOnly: asBoolean(written['httpOnly']),
    domain: asCookieDomain(written['domain']),
    path: asCookiePath(written['path']),
    sameSite: isSameSite(sameSite) ? sameSite : undefined,
    partitioned: asBoolean(written['partitioned']),
    priority: isPriority(priority) ? priority : undefined,
  };
}

/**
 * The cookie of a record, in the order in which express-session's own cookies are written, so that its
 * stores return the same text.
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
