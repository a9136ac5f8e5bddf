import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { isSecret } from '../reporting/secret-value.js';
import { throwingErrors } from '../reporting/throwing-errors.js';
import { typeName } from '../reporting/type-name.js';
import { checkCookie } from './check-options.js';
import type { CookieSettings } from './cookie/cookie-attributes.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import type { SessionCookieOptions } from './cookie/session-cookie.options.js';
import { crossOriginSettings } from './cross-origin/cross-origin-settings.js';
import { toMilliseconds } from './duration.js';
import { isSet, withDefaults } from './optional-except.js';
import { isOptionsObject } from './options-object.js';
import { isRefusedPromise } from './promise-mistake.js';
import type { EdgeSettings, SessionSettings } from './session-settings.js';
import type { UserLoader } from './session-user.js';
import type { CompleteSessionOptions } from './session.options.js';

/** What the options of a module have in addition. */
export interface WithUsers {
  readonly loadUser?: UserLoader | undefined;
}

/**
 * Derives the settings of the lifecycle from complete and checked options.
 * @param chosen the options as the user wrote them, to tell chosen values from defaults
 */
export function resolveSettings(
  options: CompleteSessionOptions & WithUsers,
  chosen: object,
): SessionSettings {
  const idle = toMilliseconds(options.idleTimeout);
  const { absoluteTimeout, store, cookie } = options;
  const maxAge = typeof cookie === 'function' ? null : cookieSettings(cookie).originalMaxAge;
  return {
    secrets: [options.secret].flat().filter(isSecret),
    name: options.name,
    cookieVaries: typeof options.cookie === 'function',
    timeouts: { idle, absolute: absoluteTimeout === null ? null : toMilliseconds(absoluteTimeout) },
    isChosen: { idle: isSet(chosen, 'idleTimeout'), absolute: isSet(chosen, 'absoluteTimeout') },
    // With fewer touches, a session or its cookie would expire while in use.
    touchInterval: Math.min(
      options.touchInterval === 0 ? 0 : toMilliseconds(options.touchInterval),
      idle / 2,
      (maxAge ?? Infinity) / 2,
    ),
    rotationGrace: options.rotationGrace === 0 ? 0 : toMilliseconds(options.rotationGrace),
    rolling: options.rolling,
    saveUninitialized: options.saveUninitialized,
    unset: options.unset,
    hashIds: options.hashIds,
    encryptionKeys: options.encryption?.keys.filter(isSecret),
    crossOrigin: crossOriginSettings(options.crossOrigin),
    storeTimeout: toMilliseconds(options.storeTimeout),
    storeName: store === undefined ? 'MemorySessionStore' : store.constructor.name,
    limit: options.limit,
    loadUser: options.loadUser,
    onStoreFailure: options.onStoreFailure,
    clock: throwingErrors(options.clock),
  };
}

/** Makes a function of the application see a request as its client sent it. */
type SeeingAsSent = <T>(look: (request: IncomingMessage) => T) => (request: IncomingMessage) => T;

/** Derives the settings of the edges from the same options. */
export function resolveEdgeSettings(
  { cookie, genid, proxy }: CompleteSessionOptions,
  generateId: () => string,
  seeingAsSent: SeeingAsSent,
): EdgeSettings {
  const generate = genid === undefined ? generateId : throwingErrors(checked(seeingAsSent(genid)));
  const configured = typeof cookie === 'function' ? seeingAsSent(cookie) : cookie;
  return { cookieFor: cookieFor(configured), generateId: generate, proxy };
}

/** How many different results of a `cookie` function are remembered as checked. */
const CHECKED_COOKIES = 100;

function cookieFor(cookie: CompleteSessionOptions['cookie']): EdgeSettings['cookieFor'] {
  if (typeof cookie !== 'function') {
    const settings = cookieSettings(cookie);
    return () => settings;
  }
  const checked = new LRUCache<string, CookieSettings>({ max: CHECKED_COOKIES });
  return (request) => {
    const returned = cookie(request);
    const key = keyOf(returned);
    const known = key === undefined ? undefined : checked.get(key);
    if (known !== undefined) return known;
    const settings = cookieSettings(checkCookie(returned));
    if (key !== undefined) checked.set(key, settings);
    return settings;
  };
}

/** Returns a text that only the same attributes have; `undefined` if JSON would make them look like others. */
function keyOf(returned: unknown): string | undefined {
  if (!isOptionsObject(returned)) return undefined;
  const own = { ...returned };
  return Object.values(own).every(isInJson) ? JSON.stringify(own) : undefined;
}

function isInJson(value: unknown): boolean {
  return (
    (value ?? null) === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    Number.isFinite(value)
  );
}

function cookieSettings(cookie: SessionCookieOptions): CookieSettings {
  const { maxAge, ...attributes } = withDefaults(new CompleteSessionCookieOptions(), cookie);
  const originalMaxAge = maxAge === undefined || maxAge === null ? null : toMilliseconds(maxAge);
  return { ...attributes, originalMaxAge };
}

/** Checks the ids that the application makes. */
function checked(genid: (request: IncomingMessage) => unknown): EdgeSettings['generateId'] {
  return (request) => {
    const id = genid(request);
    if (typeof id === 'string' && id !== '') return id;
    const found = isRefusedPromise(id) ? 'a promise' : typeName(id);
    throw new TypeError(
      `The genid option returned no id. It must return a non-empty string, and what it returned is ${found}.`,
    );
  };
}
