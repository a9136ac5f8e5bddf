import type { SessionStore, StoreOutcome } from '../../stores/session-store.js';

/** Stands in for a store where the cookies carry the records: every write succeeds and keeps nothing. */
export const UNKEPT_RECORDS: SessionStore = {
  read: async () => undefined,
  create: async () => true,
  replace: async (): Promise<StoreOutcome> => 'done',
  remove: async (): Promise<StoreOutcome> => 'done',
};
