import { createHash, randomBytes } from 'node:crypto';

/** A fresh session id: 192 bits from the system's CSPRNG (ASVS 5.0, 7.2.3 asks for 128). */
export function generateSessionId(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The public name of a session: a one-way hash of its id, safe to show, to log and to store. By
 * default it is the store's key as well, so that a leaked store holds no id that anyone could send.
 */
export function handleOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The key under which the store keeps the session of this id. */
export function keyOf(id: string, { hashIds }: { readonly hashIds: boolean }): string {
  return hashIds ? handleOf(id) : id;
}
