import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { METADATA_KEY } from '../../stores/metadata-key.js';
import { mayBeTooDeep, refuseUnsafeKeys } from '../data/attributes.js';
import { CorruptRecordError } from '../errors.js';
import { isEncrypted } from './encrypted-records.js';
import { asString, asTime, readCookie, recordCookie } from './record-cookie.js';
import type { RecordCookie, SessionMetadata, SessionRecord } from './session-record.js';

/**
 * The record as text: JSON that plain express-session can read. The metadata come first (but for
 * attributes that are named by a number) and `seenAt` first of all, so that it is found without parsing.
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
    metadata: metadata === undefined ? metadataFor(cookie, now) : readMetadata(metadata),
    cookie,
    attributes,
  };
}

/** The first name is a number, which objects list first. */
const STARTS_WITH_INDEX = /^\{"\d/;

/** Cheap sign that a `__proto__` key may be inside, also when it is written with escapes. */
const MAY_BE_UNSAFE = /__proto__|\\u/;

export function parseObject(payload: string): Record<string, unknown> {
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
  if (!isObject(written)) throw new CorruptRecordError('its metadata are not an object');
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
function overridesInOrder(written: Record<string, unknown>): NonNullable<CookieOverrides> {
  const read = Object.entries(readCookie(written));
  return Object.fromEntries(read.filter(([name]) => Object.hasOwn(written, name)));
}

/** A record written by express-session: its cookie's lifetime was chosen, and is kept. */
function metadataFor({ originalMaxAge }: RecordCookie, now: number): SessionMetadata {
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
