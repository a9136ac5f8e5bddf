import type { SessionStore } from 'nestjs-sesame';

/** The same store, as one that keeps no index of users. */
export function withoutIndex(store: SessionStore): SessionStore {
  return {
    read: (key) => store.read(key),
    create: (key, record) => store.create(key, record),
    replace: (key, version, record) => store.replace(key, version, record),
    remove: (key, version) => store.remove(key, version),
  };
}
