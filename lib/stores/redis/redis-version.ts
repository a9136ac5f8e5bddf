import { hash } from 'node:crypto';
import { RECORD_START, REVISION_LENGTH } from '../metadata-key.js';
import type { ReadRecord, Version } from '../session-store.js';

const REVISED_START = `${RECORD_START}"rev":"`;
const REVISED_LENGTH = REVISED_START.length + REVISION_LENGTH;

const SEALED = /^enc\.[\w-]{8}\.[\w-]{16}/;
const SEALED_LENGTH = 'enc.'.length + 8 + '.'.length + 16;

/**
 * Returns how many first characters make a record unlike any other: those up to its revision, or up to the
 * nonce that a sealed record begins with; 0 if there are none.
 */
function headLengthOf(payload: string): number {
  if (payload.startsWith(REVISED_START)) {
    const end = payload.indexOf('"', REVISED_START.length);
    return (end === -1 ? payload.length : end) === REVISED_LENGTH ? REVISED_LENGTH : 0;
  }
  return SEALED.test(payload) ? SEALED_LENGTH : 0;
}

/** Returns what identifies a record: its head, or all of a record that has none. */
export function versionOf(payload: string): Version {
  const length = headLengthOf(payload);
  return length === 0 ? payload : payload.slice(0, length);
}

/** A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
class RecordByHead implements ReadRecord {
  constructor(
    readonly payload: string,
    readonly version: Version,
  ) {}
}

export function versionedByHead(payload: string): ReadRecord {
  return new RecordByHead(payload, versionOf(payload));
}

/**
 * Returns what tells the scripts which record to expect: the head, or else the SHA-1 of the whole record,
 * which they recognise by its length.
 */
export function expectation(version: Version): string {
  const text = String(version);
  return headLengthOf(text) === text.length ? text : hash('sha1', text, 'hex');
}
