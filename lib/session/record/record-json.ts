import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { METADATA_KEY } from '../../stores/metadata-key.js';
import type { SessionAttributes } from '../data/attributes.js';
import { CorruptRecordError } from '../errors.js';
import { isEncrypted } from './encrypted-records.js';
import { asString, asTime, readCookie, readOverrides, recordCookie } from './record-cookie.js';
import { RecordParts } from './session-record.js';
import type { RecordCookie, SessionMetadata, SessionRecord } from './session-record.js';
import { mayBeTooDeep, refuseUnsafeKeys } from './unsafe-json.js';

/**
 * Writes the record as text: JSON that plain express-session can read. The metadata come first (unless an
 * attribute is named by a number), and first among them the revision, if there is one, and `seenAt`, so that
 * both are found without parsing. A revision that was seen tells whether the record is still the same.
 * @param attributesJson the attributes as JSON, if they have been serialised already
 */
export function serialiseRecord(
  record: SessionRecord,
  attributesJson: string = JSON.stringify(record.attributes),
  revision?: string,
): string {
  const { metadata, cookie } = record;
  const own = {
    [METADATA_KEY]: inOrder(metadata, revision),
    cookie: recordCookie(cookie, cookie.expires),
  };
  if (attributesJson === '{}') return JSON.stringify(own);
  // Objects list such a name first, and so does the text of a store that parsed the record.
  if (STARTS_WITH_INDEX.test(attributesJson)) {
    return JSON.stringify({ ...own, ...JSON.parse(attributesJson) });
  }
  return `${JSON.stringify(own).slice(0, -1)},${attributesJson.slice(1)}`;
}

/**
 * Reads a record that Sesame or express-session wrote.
 * @param now the time from which a record's age counts if it does not tell that itself
 * @throws CorruptRecordError if the text is no record
 */
export function parseRecord(payload: string, now: number): SessionRecord {
  const parsed = parseObject(payload);
  if (MAY_BE_UNSAFE.test(payload) || mayBeTooDeep(payload)) refuseUnsafeKeys(parsed);
  const { metadata, written, attributes } = partsOf(parsed, payload.length);
  if (!isObject(written)) throw new CorruptRecordError('it has no cookie');
  const cookie = readCookie(written);
  const own = metadata === undefined ? metadataFor(cookie, now) : readMetadata(metadata);
  return new RecordParts(own, cookie, attributes);
}

interface Parts {
  readonly metadata: unknown;
  readonly written: unknown;
  readonly attributes: SessionAttributes;
}

/** Above this length of a record, in characters, its attributes are not copied. */
const LONG = 4_096;

/**
 * Separates the attributes from the rest of a parsed record. Copying many takes longer than parsing them;
 * an object with few would be slower to read after something was deleted from it.
 */
function partsOf(parsed: Record<string, unknown>, length: number): Parts {
  if (length <= LONG) {
    const { [METADATA_KEY]: metadata, cookie: written, ...attributes } = parsed;
    return { metadata, written, attributes };
  }
  const { [METADATA_KEY]: metadata, cookie: written } = parsed;
  delete parsed[METADATA_KEY];
  delete parsed['cookie'];
  return { metadata, written, attributes: parsed };
}

/** Objects list a name that is a number first. */
const STARTS_WITH_INDEX = /^\{"\d/;

/** A cheap sign that there may be a `__proto__` key inside, also one written with escapes. */
const MAY_BE_UNSAFE = /__proto__|\\u/;

export function parseObject(payload: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    if (isEncrypted(payload)) {
      throw new CorruptRecordError('it is encrypted, and encryption is off', false);
    }
    // The parser's own message would quote the record.
    throw new CorruptRecordError('it is not JSON');
  }
  if (!isObject(parsed)) throw new CorruptRecordError('it is not a JSON object');
  return parsed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Metadata as they are written. A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
class WrittenMetadata implements SessionMetadata {
  readonly seenAt: number;
  readonly createdAt: number;
  readonly takenOver: true | undefined;
  readonly userId: string | undefined;
  readonly authenticatedAt: number | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly indexedAt: number | undefined;
  readonly lineage: string | undefined;
  readonly marks: Readonly<Record<string, number>> | undefined;
  readonly idleTimeout: number | undefined;
  readonly absoluteTimeout: number | undefined;
  readonly cookie: CookieOverrides;

  constructor(written: Record<string, unknown>) {
    const seenAt = asTime(written['seenAt']);
    const createdAt = asTime(written['createdAt']);
    if (seenAt === undefined || createdAt === undefined) {
      throw new CorruptRecordError('its metadata lack the times');
    }
    this.seenAt = seenAt;
    this.createdAt = createdAt;
    this.takenOver = written['takenOver'] === true ? true : undefined;
    this.userId = asString(written['userId']);
    this.authenticatedAt = asTime(written['authenticatedAt']);
    this.ip = asString(written['ip']);
    this.userAgent = asString(written['userAgent']);
    this.indexedAt = asTime(written['indexedAt']);
    this.lineage = asString(written['lineage']);
    this.marks = isObject(written['marks']) ? marksIn(written['marks']) : undefined;
    this.idleTimeout = asTime(written['idleTimeout']);
    this.absoluteTimeout = asTime(written['absoluteTimeout']);
    this.cookie = isObject(written['cookie']) ? readOverrides(written['cookie']) : undefined;
  }
}

function readMetadata(written: unknown): SessionMetadata {
  if (!isObject(written)) throw new CorruptRecordError('its metadata are not an object');
  return new WrittenMetadata(written);
}

function marksIn(written: Record<string, unknown>): SessionMetadata['marks'] {
  const read = Object.entries(written).map(([key, until]) => [key, asTime(until) ?? 0] as const);
  return Object.fromEntries(read);
}

/**
 * Makes the metadata of a record of express-session. The application chose the cookie's lifetime, which
 * stays.
 */
function metadataFor({ originalMaxAge }: RecordCookie, now: number): SessionMetadata {
  const cookie = originalMaxAge === null ? undefined : { originalMaxAge };
  return { seenAt: now, createdAt: now, takenOver: true, cookie };
}

function inOrder(
  metadata: SessionMetadata,
  rev: string | undefined,
): SessionMetadata & { readonly rev: string | undefined } {
  return {
    rev,
    seenAt: metadata.seenAt,
    createdAt: metadata.createdAt,
    takenOver: metadata.takenOver,
    userId: metadata.userId,
    authenticatedAt: metadata.authenticatedAt,
    ip: metadata.ip,
    userAgent: metadata.userAgent,
    indexedAt: metadata.indexedAt,
    lineage: metadata.lineage,
    marks: metadata.marks,
    idleTimeout: metadata.idleTimeout,
    absoluteTimeout: metadata.absoluteTimeout,
    cookie: metadata.cookie && readOverrides({ ...metadata.cookie }),
  };
}
