import type { Store } from 'express-session';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';

export function isStore(value: unknown): value is SessionStore | Store {
  return (
    typeof value === 'object' && value !== null && (isSessionStore(value) || isExpressStore(value))
  );
}

function isExpressStore(store: object): boolean {
  return ['get', 'set', 'destroy'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
