import { SessionEngine } from '../session/session-manager.js';
import { resolveSettings, resolveStore } from '../options/resolve-options.js';
import type { NestSessionObserver } from './session.logger.js';
import type { CompleteSessionOptions } from '../options/session.options.js';
import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionStore } from '../stores/session-store.js';

const ADVISED_SECRET_LENGTH = 32;

/**
 * The lifecycle that complete and checked options describe; says what is lawful and yet unwise.
 * @param given the options as they were given
 */
export function createSessionEngine(
  options: CompleteSessionOptions,
  given: object,
  observer: NestSessionObserver,
): SessionEngine {
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
  return new SessionEngine(resolveSettings(options, given), store, observer);
}

/** What a store has to say of itself goes to the log. */
function listenTo(store: SessionStore, observer: NestSessionObserver): void {
  store.onDrop?.(() => observer.sessionDropped());
  store.advise?.((advice) => observer.warnOnce(advice));
}
