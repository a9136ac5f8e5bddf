import { hash, randomFillSync } from 'node:crypto';

const ID_LENGTH = 24;

/** Random bytes for many ids at a time, since each draw is a system call. */
const pool = Buffer.alloc(128 * ID_LENGTH);
let drawn = pool.length;

/** A fresh session id: 192 bits from the system's CSPRNG (ASVS 5.0, 7.2.3 asks for 128). */
export function generateSessionId(): string {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const id = pool.toString('base64url', drawn, drawn + ID_LENGTH);
  drawn += ID_LENGTH;
  return id;
}

/**
 * The public name of a session: a one-way hash of its id, safe to show, to log and to store. By
 * default it is the store's key as well, so that a leaked store holds no id that anyone could send.
 */
export function handleOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** The public name of the session under a key. */
export function handleOfKey(key: string, { hashIds }: { readonly hashIds: boolean }): string {
  return hashIds ? key : handleOf(key);
}

/** The key under which the store keeps the session of this id. */
export function keyOf(id: string, { hashIds }: { readonly hashIds: boolean }): string {
  return hashIds ? handleOf(id) : id;
}
