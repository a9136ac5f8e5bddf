import { METADATA_KEY, RECORD_START, REVISION_LENGTH } from '../../stores/metadata-key.js';
import { showable } from '../data/attributes.js';
import { parseObject } from './record-json.js';

// What can be read from the text of a record without parsing it, if Sesame wrote it.

/**
 * True if a record holds exactly these attributes, however its store orders and spells its JSON. False
 * for one without metadata, which Sesame did not write: it must be written again.
 */
export function holdsJust(payload: string, attributesJson: string): boolean {
  const end = endOfHead(payload);
  if (end !== undefined) return isRest(payload, end, attributesJson);
  const { [METADATA_KEY]: metadata, cookie: _cookie, ...attributes } = parseObject(payload);
  return metadata !== undefined && JSON.stringify(showable(attributes)) === attributesJson;
}

/** True if these attributes, and nothing else, follow the head. */
function isRest(payload: string, end: number, attributesJson: string): boolean {
  if (isLast(payload, end)) return attributesJson === '{}';
  // V8 compares two texts many times faster than it looks for one at the end of the other.
  return payload.slice(end + 1) === attributesJson.slice(1);
}

/**
 * Returns where the metadata and the cookie of a record end, if Sesame wrote it, and its attributes begin.
 */
function endOfHead(payload: string): number | undefined {
  if (seenAtStart(payload) === -1) return undefined;
  const metadataEnd = endOfObject(payload, HEAD_OBJECT.length);
  if (!payload.startsWith(COOKIE, metadataEnd)) return undefined;
  const end = endOfObject(payload, metadataEnd + COOKIE.length);
  return payload.startsWith(',"', end) || isLast(payload, end) ? end : undefined;
}

function isLast(json: string, at: number): boolean {
  return at === json.length - 1;
}

const HEAD_OBJECT = `{"${METADATA_KEY}":`;
const COOKIE = ',"cookie":';

const QUOTE = '"'.charCodeAt(0);
const OPENING = '{'.charCodeAt(0);
const CLOSING = '}'.charCodeAt(0);

/** Returns the end of the JSON object that begins at `start`. Braces in strings do not count. */
function endOfObject(json: string, start: number): number {
  const end = json.indexOf('}', start) + 1;
  const inner = json.indexOf('{', start + 1);
  const isFlat = inner === -1 || inner > end;
  // An unescaped quote behind it shows that it is not in a string.
  return isFlat && json.startsWith(',"', end) ? end : endOfNested(json, start);
}

function endOfNested(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) at = endOfString(json, at);
    else if (character === OPENING) depth += 1;
    else if (character === CLOSING) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return json.length;
}

/** Returns the closing quote of the string that begins at `start`. */
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

const REVISION = '"rev":"';
const SEEN_AT = '"seenAt":';
const CREATED_AT = ',"createdAt":';

/** Returns where the time that the session was last seen begins; -1 if Sesame has not written the payload. */
function seenAtStart(payload: string): number {
  if (!payload.startsWith(RECORD_START)) return -1;
  const start = RECORD_START.length;
  const hasRevision = payload.startsWith(REVISION, start);
  const at = hasRevision ? start + REVISION.length + REVISION_LENGTH + 2 : start;
  return payload.startsWith(SEEN_AT, at) ? at + SEEN_AT.length : -1;
}

const ZERO = '0'.charCodeAt(0);

/** The digits of a time after September 2001 and before the year 2286. */
const EPOCH_LENGTH = 13;

/** Returns when the session was last seen, if the payload begins with that, without parsing anything. */
export function peekSeenAt(payload: string): number | undefined {
  const start = seenAtStart(payload);
  const end = start + EPOCH_LENGTH;
  if (start === -1 || (payload[end] !== ',' && payload[end] !== '}')) return undefined;
  let time = 0;
  for (let at = start; at < end; at += 1) {
    const digit = payload.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    time = time * 10 + digit;
  }
  return time;
}

/**
 * A cheap sign that somebody may be signed in whom the index of users does not know. It is `false` only
 * if the metadata at the beginning of the payload rule that out, and for a sealed payload.
 */
export function mayBeUnindexed(payload: string): boolean {
  const seenAt = seenAtStart(payload);
  if (seenAt === -1) return payload.startsWith('{');
  const createdAt = seenAt + EPOCH_LENGTH;
  const end = createdAt + CREATED_AT.length + EPOCH_LENGTH;
  if (payload[end] === '}' && payload.startsWith(CREATED_AT, createdAt)) return false; // there are no more metadata
  const cookie = payload.indexOf('"cookie":{');
  if (cookie === -1) return true; // it is damaged
  const isBeforeCookie = (text: string): boolean => {
    const at = payload.indexOf(text);
    return at !== -1 && at < cookie;
  };
  return isBeforeCookie('"userId":"') && !isBeforeCookie('"indexedAt":');
}
