import { LRUCache } from 'lru-cache';
import { toMilliseconds } from './duration.js';
import { EncryptedRecords } from '../session/record/encrypted-records.js';
import type { CookieSettings, SessionSettings } from './session-settings.js';
import type { CompleteSessionOptions } from './session.options.js';
import { ExpressStoreAdapter } from '../stores/express/express-store.adapter.js';
import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';
import { checkCookie, withDefaults } from './check-options.js';
import { isGiven } from './optional-except.js';
import { throwingErrors } from '../reporting/throwing-errors.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import type { SessionCookieOptions } from './cookie/session-cookie.options.js';

/**
 * The settings that complete and checked options stand for.
 * @param given the options as they were given, which tell a chosen value from a default
 */
export function resolveSettings(options: CompleteSessionOptions, given: object): SessionSettings {
  const idleTimeout = toMilliseconds(options.idleTimeout);
  const touchInterval = toMilliseconds(options.touchInterval);
  const { absoluteTimeout, genid } = options;
  return {
    secrets: [options.secret].flat(),
    name: options.name,
    cookieFor: cookieFor(options.cookie),
    cookieVaries: typeof options.cookie === 'function',
    idleTimeout,
    idleFollowsCookie: !isGiven(given, 'idleTimeout'),
    absoluteTimeout: absoluteTimeout === null ? null : toMilliseconds(absoluteTimeout),
    absoluteIsDefault: !isGiven(given, 'absoluteTimeout'),
    // Touched less often, a session would expire while it is in use.
    touchInterval: Math.min(touchInterval, idleTimeout / 2),
    rolling: options.rolling,
    saveUninitialized: options.saveUninitialized,
    unset: options.unset,
    generateId: throwingErrors((request) => checkedId(genid(request))),
    hashIds: options.hashIds,
    codec: codecOf(options),
    storeTimeout: toMilliseconds(options.storeTimeout),
    storeName: (options.store ?? MemorySessionStore.prototype).constructor.name,
    limit: options.limit,
    onStoreFailure: options.onStoreFailure,
    clock: throwingErrors(options.clock),
  };
}

function codecOf({ encryption, store, clock }: CompleteSessionOptions): SessionSettings['codec'] {
  if (encryption !== undefined) return new EncryptedRecords(encryption.keys, clock);
  return store !== undefined && isSessionStore(store) ? store.codec : undefined;
}

/** The store that the options name, behind one of the two ports. */
export function resolveStore({ store, clock }: CompleteSessionOptions): SessionStore | SessionSeal {
  if (store === undefined) return new MemorySessionStore({ clock });
  if (isSessionSeal(store)) return store;
  return isSessionStore(store) ? store : new ExpressStoreAdapter(store);
}

/** How many different results of a `cookie` function are remembered as checked. */
const CHECKED_COOKIES = 100;

function cookieFor(cookie: CompleteSessionOptions['cookie']): SessionSettings['cookieFor'] {
  if (typeof cookie !== 'function') {
    const settings = cookieSettings(cookie);
    return () => settings;
  }
  const checked = new LRUCache<string, CookieSettings>({ max: CHECKED_COOKIES });
  return (request) => {
    const given = cookie(request);
    const key = JSON.stringify(given) ?? '';
    const settings = checked.get(key) ?? cookieSettings(checkCookie(given));
    checked.set(key, settings);
    return settings;
  };
}

function cookieSettings(given: SessionCookieOptions): CookieSettings {
  const { maxAge, ...attributes } = withDefaults(new CompleteSessionCookieOptions(), given);
  const originalMaxAge = maxAge === undefined || maxAge === null ? null : toMilliseconds(maxAge);
  return { ...attributes, originalMaxAge };
}

function checkedId(id: unknown): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new TypeError(
    'The genid option returned no id: it must return a string that is not empty.',
  );
}
