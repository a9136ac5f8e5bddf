import { hash } from 'node:crypto';
import { REVISION_LENGTH } from '../stores/metadata-key.js';
import { randomText } from '../stores/random-pool.js';

const ID_BYTES = 24;
const REVISION_BYTES = (REVISION_LENGTH * 6) / 8;

/** Generates a session id: 192 bits from the system's CSPRNG (ASVS 5.0, 7.2.3 asks for 128). */
export function generateSessionId(): string {
  return randomText(ID_BYTES);
}

/** Generates what tells one version of a record from all others. */
export function generateRevision(): string {
  return randomText(REVISION_BYTES);
}

/**
 * Returns the public name of a session: a one-way hash of its id, safe to show, to log and to store. By
 * default it is the store's key as well, so that a leaked store holds no id that anyone could send.
 */
export function handleOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** What a SHA-256 hash looks like in base64url. */
const HANDLE = /^[\w-]{43}$/;

/**
 * False for what names no session. It may come from a URL, and a store may fail for it: PostgreSQL for a NUL
 * character, MariaDB for one that is not ASCII.
 */
export function isHandle(text: unknown): text is string {
  return typeof text === 'string' && HANDLE.test(text);
}

/** Returns the public name of the session under a key. */
export function handleOfKey(key: string, { hashIds }: { readonly hashIds: boolean }): string {
  return hashIds ? key : handleOf(key);
}

/** Returns the key under which the store keeps the session of this id. */
export function keyOf(id: string, { hashIds }: { readonly hashIds: boolean }): string {
  return hashIds ? handleOf(id) : id;
}
