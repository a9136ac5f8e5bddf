import { MAX_COOKIE_DAYS } from '../options/cookie/cookie-rules.js';
import { parseDuration } from '../options/duration.js';
import { resolveSettings } from '../options/resolve-options.js';
import type { WithUsers } from '../options/resolve-options.js';
import type { CompleteSessionOptions } from '../options/session.options.js';
import { SessionManager } from '../session/session-manager.js';
import { ExpressStoreAdapter } from '../stores/express/express-store.adapter.js';
import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';
import type { SessionLogger } from './logging/session.logger.js';

const ADVISED_SECRET_LENGTH = 32;

/**
 * Makes the lifecycle from complete and checked options. Warns of options that are allowed but unwise.
 * @param chosen the options as the user wrote them
 */
export function createSessionManager(
  options: CompleteSessionOptions & WithUsers,
  chosen: object,
  observer: SessionLogger,
): SessionManager {
  const store = resolveStore(options);
  const settings = resolveSettings(options, chosen);
  if (settings.secrets.some((secret) => secret.length < ADVISED_SECRET_LENGTH)) {
    observer.warnOnce(
      `A session secret has fewer than ${ADVISED_SECRET_LENGTH} characters or bytes. Use a random one: openssl rand -base64 32.`,
    );
  }
  if (typeof options.cookie !== 'function' && outlivesBrowsers(options.cookie.maxAge)) {
    observer.warnOnce(
      `cookie.maxAge is longer than ${MAX_COOKIE_DAYS} days, after which browsers drop a cookie (RFC 6265bis, 5.5). Set it to ${MAX_COOKIE_DAYS} days or less: the cookie is sent again whenever the session is touched.`,
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
  return new SessionManager(settings, store, observer);
}

function outlivesBrowsers(maxAge: unknown): boolean {
  return (parseDuration(maxAge) ?? 0) > MAX_COOKIE_DAYS * 86_400_000;
}

/** Logs what the store reports about itself. */
function listenTo(store: SessionStore, observer: SessionLogger): void {
  store.onDrop?.(() => observer.sessionDropped());
  store.advise?.((advice) => observer.warnOnce(advice));
}

/** Returns the store that the options name, as one of the two ports. */
function resolveStore(options: CompleteSessionOptions): SessionStore | SessionSeal {
  const { store, clock, genid, hashIds, encryption } = options;
  if (store === undefined) return new MemorySessionStore({ clock });
  if (isSessionSeal(store) || isSessionStore(store)) return store;
  return new ExpressStoreAdapter(store, {
    mayRepeatIds: genid !== undefined,
    isShared: !hashIds && encryption === undefined,
  });
}
