import { SealedCookieStore } from 'nestjs-sesame';
import type { OpenedStore } from './opened-store.js';

/**
 * Nowhere on the server: the whole session travels in the cookie, encrypted.
 * @param keys the first seals, all open: a new one goes behind it, and in front when every instance
 *   has it
 */
export function openSealedCookieStore(keys: string[]): OpenedStore {
  return { store: new SealedCookieStore({ keys }) };
}
