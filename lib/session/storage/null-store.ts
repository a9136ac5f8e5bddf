import type { SessionStore, Written } from '../../stores/session-store.js';

const WRITTEN: Written = { version: 0 };

/** The store where cookies carry the records: every write succeeds, and nothing is kept. */
export const NULL_STORE: SessionStore = {
  read: async () => undefined,
  create: async () => WRITTEN,
  replace: async () => WRITTEN,
  remove: async () => 'removed',
};
