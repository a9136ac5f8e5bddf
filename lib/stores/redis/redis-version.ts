import { hash } from 'node:crypto';
import { RECORD_START, REVISION_LENGTH } from '../metadata-key.js';
import type { ReadRecord, Version } from '../session-store.js';

/**
 * The first characters of a record that no other record has: up to its revision, or up to the nonce that
 * a sealed record begins with.
 */
const HEAD = new RegExp(
  `^(?:${RECORD_START.replaceAll('{', '\\{')}"rev":"[\\w-]{${REVISION_LENGTH}}|enc\\.[\\w-]{8}\\.[\\w-]{16})`,
);

/** By what a record is known: its head, or all of a record that has none. */
export function versionOf(payload: string): Version {
  return HEAD.exec(payload)?.[0] ?? payload;
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
  const isHead = HEAD.exec(text)?.[0] === text;
  return isHead ? [text, text.length] : [hash('sha1', text, 'hex'), 0];
}
