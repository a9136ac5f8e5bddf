import type { ReadRecord } from './session-store.js';

/** Returns a record of a store that has no version but the payload itself. */
export function versionedByText(payload: string): ReadRecord {
  return { payload, version: payload };
}
