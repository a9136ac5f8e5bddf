import { hash } from 'node:crypto';

/**
 * Returns what the tables call a user. A hash is the same for every collation, fits every index, and says
 * nothing about a user where records are encrypted. It is of the id as UTF-16, which tells all strings apart.
 */
export function userHash(userId: string): string {
  return hash('sha256', Buffer.from(userId, 'utf16le'), 'base64url');
}

/** How many locks all users share where a lock is a row. */
export const LOCKS = 256;

/** Returns the number of a user's lock. */
export function lockOf(user: string): number {
  return (Buffer.from(user.slice(0, 4), 'base64url')[0] ?? 0) % LOCKS;
}
