import type { Store } from 'express-session';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';

export function isStore(value: unknown): value is SessionStore | SessionSeal | Store {
  return (
    typeof value === 'object' &&
    value !== null &&
    (isSessionStore(value) || isSessionSeal(value) || isExpressStore(value))
  );
}

function isExpressStore(store: object): boolean {
  return ['get', 'set', 'destroy'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
