import { hash } from 'node:crypto';
import { RECORD_START, REVISION_LENGTH } from '../metadata-key.js';
import type { ReadRecord, Version } from '../session-store.js';

const REVISED_START = `${RECORD_START}"rev":"`;
const REVISED = new RegExp(`^${REVISED_START.replaceAll('{', '\\{')}[\\w-]{${REVISION_LENGTH}}`);
const REVISED_LENGTH = REVISED_START.length + REVISION_LENGTH;

const SEALED = /^enc\.[\w-]{8}\.[\w-]{16}/;
const SEALED_LENGTH = 'enc.'.length + 8 + '.'.length + 16;

/**
 * How many of its first characters no other record has: those up to its revision, or up to the nonce that
 * a sealed record begins with; 0 if there are none.
 */
function headLengthOf(payload: string): number {
  if (REVISED.test(payload)) return REVISED_LENGTH;
  return SEALED.test(payload) ? SEALED_LENGTH : 0;
}

/** By what a record is known: its head, or all of a record that has none. */
export function versionOf(payload: string): Version {
  const length = headLengthOf(payload);
  return length === 0 ? payload : payload.slice(0, length);
}

export function versionedByHead(payload: string): ReadRecord {
  return { payload, version: versionOf(payload) };
}

/**
 * How the scripts are told what to expect: the head and its length, or else the SHA-1 of the whole record
 * and 0.
 */
export function expectation(version: Version): [string, number] {
  const text = String(version);
  const isHead = headLengthOf(text) === text.length;
  return isHead ? [text, text.length] : [hash('sha1', text, 'hex'), 0];
}
