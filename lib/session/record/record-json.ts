import { METADATA_KEY } from '../../stores/metadata-key.js';
import { isCookieDomain, isCookiePath, isTime } from '../../options/cookie/cookie-rules.js';
import { isEncrypted } from './encrypted-records.js';
import { mayBeTooDeep, refuseUnsafeKeys, showable } from '../attributes.js';
import { CorruptRecordError } from '../errors.js';
import type {
  CookieAttributes,
  RecordCookie,
  SessionMetadata,
  SessionRecord,
} from './session-record.js';

/**
 * The record as text: JSON that plain express-session can read. The metadata come first (but for
 * attributes that are named by a number) and `seenAt` first of all, so that {@link peekSeenAt} finds
 * it without parsing.
 * @param attributesJson the attributes as JSON, where they have been written already
 */
export function serialiseRecord(
  { metadata, cookie, attributes }: SessionRecord,
  attributesJson: string = JSON.stringify(attributes),
): string {
  const own = {
    [METADATA_KEY]: inOrder(metadata),
    cookie: recordCookie(cookie, cookie.expires),
  };
  if (attributesJson === '{}') return JSON.stringify(own);
  // Such a name stands before all others in an object, and so in the text of a store that parsed it.
  if (STARTS_WITH_INDEX.test(attributesJson)) {
    return JSON.stringify({ ...own, ...JSON.parse(attributesJson) });
  }
  return `${JSON.stringify(own).slice(0, -1)},${attributesJson.slice(1)}`;
}

/**
 * Reads a record that Sesame or express-session wrote.
 * @param now for a record that does not say its age: it begins to count now
 * @throws CorruptRecordError when the text is no record
 */
export function parseRecord(payload: string, now: number): SessionRecord {
  const parsed = parseObject(payload);
  if (MAY_BE_UNSAFE.test(payload) || mayBeTooDeep(payload)) refuseUnsafeKeys(parsed);
  const { [METADATA_KEY]: metadata, cookie: written, ...attributes } = parsed;
  if (!isObject(written)) throw new CorruptRecordError('it has no cookie');
  const cookie = readCookie(written);
  return {
    metadata: metadata === undefined ? adopt(cookie, now) : readMetadata(metadata),
    cookie,
    attributes,
  };
}

/** The first name is a number, which objects list first. */
const STARTS_WITH_INDEX = /^\{"\d/;

/**
 * True when a record holds just these attributes, in whatever order and spelling its store gives it
 * back. One without metadata never does: another wrote it, and it is due to be written again.
 */
export function holdsJust(payload: string, attributesJson: string): boolean {
  const written = attributesText(payload);
  if (written !== undefined) return written === attributesJson;
  const { [METADATA_KEY]: metadata, cookie: _cookie, ...attributes } = parseObject(payload);
  return metadata !== undefined && JSON.stringify(showable(attributes)) === attributesJson;
}

/**
 * The attributes of a record as they are written, as JSON of their own; nothing is parsed. `undefined`
 * where the record is not written as {@link serialiseRecord} does.
 */
export function attributesText(payload: string): string | undefined {
  if (!payload.startsWith(HEAD)) return undefined;
  const metadataEnd = endOfObject(payload, HEAD_OBJECT.length);
  if (!payload.startsWith(COOKIE, metadataEnd)) return undefined;
  const end = endOfObject(payload, metadataEnd + COOKIE.length);
  if (payload.startsWith(',"', end)) return `{${payload.slice(end + 1)}`;
  return end === payload.length - 1 ? '{}' : undefined;
}

const HEAD_OBJECT = `{"${METADATA_KEY}":`;
const COOKIE = ',"cookie":';

/** Where the JSON object ends that begins at `start`. What stands in its strings does not count. */
function endOfObject(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return json.length;
}

/** Where the closing quote is of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const HEAD = `${HEAD_OBJECT}{"seenAt":`;
const EPOCH = /^(\d{13})[,}]/;

/** When the session was last seen, where the payload says it up front; nothing is parsed. */
export function peekSeenAt(payload: string): number | undefined {
  if (!payload.startsWith(HEAD)) return undefined;
  const [, digits] = EPOCH.exec(payload.slice(HEAD.length, HEAD.length + 14)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Cheap sign that somebody may be signed in whom the index of users does not know: `false` only for a
 * payload that says otherwise before any data of the application, and for one that is sealed.
 */
export function mayBeUnindexed(payload: string): boolean {
  if (!payload.startsWith(HEAD)) return payload.startsWith('{');
  const metadata = payload.slice(0, payload.indexOf('"cookie":{'));
  return /"userId":"/.test(metadata) && !/"indexedAt":/.test(metadata);
}

/** Cheap sign that a `__proto__` key may be inside, also when it is written with escapes. */
const MAY_BE_UNSAFE = /__proto__|\\u/;

function parseObject(payload: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    if (isEncrypted(payload))
      throw new CorruptRecordError('it is encrypted, and encryption is off', false);
    // The parser's own message would quote the record.
    throw new CorruptRecordError('it is not JSON');
  }
  if (!isObject(parsed)) throw new CorruptRecordError('it is not a JSON object');
  return parsed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readMetadata(written: unknown): SessionMetadata {
  if (!isObject(written)) throw new CorruptRecordError('its metadata are no object');
  const seenAt = asTime(written['seenAt']);
  const createdAt = asTime(written['createdAt']);
  if (seenAt === undefined || createdAt === undefined) {
    throw new CorruptRecordError('its metadata lack the times');
  }
  return {
    seenAt,
    createdAt,
    userId: asString(written['userId']),
    authenticatedAt: asTime(written['authenticatedAt']),
    ip: asString(written['ip']),
    userAgent: asString(written['userAgent']),
    indexedAt: asTime(written['indexedAt']),
    lineage: asString(written['lineage']),
    idleTimeout: asTime(written['idleTimeout']),
    absoluteTimeout: asTime(written['absoluteTimeout']),
    cookie: isObject(written['cookie']) ? overridesInOrder(written['cookie']) : undefined,
  };
}

/** Only what was written: an attribute that is absent is not one that is unset. */
function overridesInOrder(written: Record<string, unknown>): Partial<CookieAttributes> {
  const read = Object.entries(readCookie(written));
  return Object.fromEntries(read.filter(([name]) => Object.hasOwn(written, name)));
}

/** A record written by express-session: its cookie's lifetime was chosen, and is kept. */
function adopt({ originalMaxAge }: RecordCookie, now: number): SessionMetadata {
  const cookie = originalMaxAge === null ? undefined : { originalMaxAge };
  return { seenAt: now, createdAt: now, cookie };
}

function inOrder(metadata: SessionMetadata): SessionMetadata {
  return {
    seenAt: metadata.seenAt,
    createdAt: metadata.createdAt,
    userId: metadata.userId,
    authenticatedAt: metadata.authenticatedAt,
    ip: metadata.ip,
    userAgent: metadata.userAgent,
    indexedAt: metadata.indexedAt,
    lineage: metadata.lineage,
    idleTimeout: metadata.idleTimeout,
    absoluteTimeout: metadata.absoluteTimeout,
    cookie: metadata.cookie && overridesInOrder({ ...metadata.cookie }),
  };
}

function readCookie(written: Record<string, unknown>): RecordCookie {
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
 * The cookie of a record: in the order in which express-session's own cookies write themselves, so
 * that a store of its returns the same text.
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

function asTime(value: unknown): number | undefined {
  if (typeof value !== 'number') return undefined;
  if (!isTime(value)) throw new CorruptRecordError('a time in it is beyond what a date can hold');
  return value;
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asCookiePath(value: unknown): string | undefined {
  const path = asString(value);
  if (path === undefined || isCookiePath(path)) return path;
  throw new CorruptRecordError("its cookie's path is none");
}

function asCookieDomain(value: unknown): string | undefined {
  const domain = asString(value);
  if (domain === undefined || isCookieDomain(domain)) return domain;
  throw new CorruptRecordError("its cookie's domain is none");
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
