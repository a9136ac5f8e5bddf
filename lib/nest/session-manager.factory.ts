import { SessionManager } from '../session/session-manager.js';
import { resolveSettings } from '../options/resolve-options.js';
import type { SessionLogger } from './logging/session.logger.js';
import type { CompleteSessionOptions } from '../options/session.options.js';
import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import { ExpressStoreAdapter } from '../stores/express/express-store.adapter.js';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';

const ADVISED_SECRET_LENGTH = 32;

/**
 * Makes the lifecycle from complete and checked options. Warns of options that are allowed but unwise.
 * @param chosen the options as the user wrote them
 */
export function createSessionManager(
  options: CompleteSessionOptions,
  chosen: object,
  observer: SessionLogger,
): SessionManager {
  const store = resolveStore(options);
  if ([options.secret].flat().some((secret) => secret.length < ADVISED_SECRET_LENGTH)) {
    observer.warnOnce(
      `A session secret has fewer than ${ADVISED_SECRET_LENGTH} characters. Use a random one: openssl rand -base64 32.`,
    );
  }
  if (process.env['NODE_ENV'] === 'production') {
    if (store instanceof MemorySessionStore) {
      observer.warnOnce(
        'Sessions are kept in the memory of this process: they end with it and are not shared with other instances. Use a Redis or database store in production.',
      );
    }
    if (typeof options.cookie !== 'function' && options.cookie.secure === false) {
      observer.warnOnce(
        'The session cookie is not Secure in production, so it also travels over plain HTTP. Set cookie.secure to true or "auto".',
      );
    }
  }
  if (!isSessionSeal(store)) listenTo(store, observer);
  return new SessionManager(resolveSettings(options, chosen), store, observer);
}

/** Logs what the store reports of itself. */
function listenTo(store: SessionStore, observer: SessionLogger): void {
  store.onDrop?.(() => observer.sessionDropped());
  store.advise?.((advice) => observer.warnOnce(advice));
}

/** The store that the options name, as one of the two ports. */
function resolveStore({ store, clock }: CompleteSessionOptions): SessionStore | SessionSeal {
  if (store === undefined) return new MemorySessionStore({ clock });
  if (isSessionSeal(store)) return store;
  return isSessionStore(store) ? store : new ExpressStoreAdapter(store);
}
