import type { SessionStore, Written } from '../../stores/session-store.js';

const WRITTEN: Written = { version: 0 };

/** Stands in for a store where the cookies carry the records: every write succeeds and keeps nothing. */
export const NULL_STORE: SessionStore = {
  read: async () => undefined,
  create: async () => WRITTEN,
  replace: async () => WRITTEN,
  remove: async () => 'removed',
};
