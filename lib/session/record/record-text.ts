import { METADATA_KEY } from '../../stores/metadata-key.js';
import { showable } from '../data/attributes.js';
import { parseObject } from './record-json.js';

// What the text of a record says without being parsed, where it is written as Sesame writes it.

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
