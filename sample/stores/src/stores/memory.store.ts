import { MemorySessionStore } from 'nestjs-sesame';
import type { OpenedStore } from './opened-store.js';

/** In this process: gone when it ends, and not shared. */
export function openMemoryStore(): OpenedStore {
  return { store: new MemorySessionStore({ max: 10_000 }) };
}
