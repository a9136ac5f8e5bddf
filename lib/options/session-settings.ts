import type { IncomingMessage } from 'node:http';
import type { CookieSettings } from './cookie/cookie-attributes.js';
import type { Timeouts } from './timeouts.js';

/** How many sessions a user may have, which may depend on the user. */
export interface SessionLimitSetting {
  /**
   * How many: a whole number above zero, or a function that gives one for a user. A function may also
   * give `Infinity`, for no limit, and 0: none under `'reject'`, one under `'evict-oldest'`. Anything
   * else fails the sign-in with a RangeError (500). It must not wait for another change of the session
   * that signs in: that waits for the sign-in.
   */
  readonly max: number | ((userId: string) => number | Promise<number>);
  /**
   * `'evict-oldest'` ends the session that would expire first; `'reject'` fails the sign-in with
   * SessionLimitException (409).
   */
  readonly onExceed: 'evict-oldest' | 'reject';
}

/** The options as the lifecycle reads them: complete, checked, and in milliseconds. */
export interface SessionSettings {
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly name: string;
  /** True when a function gives the cookie, so that each record's own says how long it lives. */
  readonly cookieVaries: boolean;
  /** Those for the configured cookie. */
  readonly timeouts: Timeouts;
  /** Which of them the options name; the other follows a session's own `cookie.maxAge`. */
  readonly isChosen: { readonly idle: boolean; readonly absolute: boolean };
  readonly touchInterval: number;
  readonly rolling: boolean;
  readonly saveUninitialized: boolean;
  readonly unset: 'destroy' | 'keep';
  readonly hashIds: boolean;
  /** Seals records at rest; `undefined` for none. */
  readonly encryptionKeys: readonly string[] | undefined;
  readonly storeTimeout: number;
  /** What to call the store in an error. */
  readonly storeName: string;
  readonly limit: SessionLimitSetting | undefined;
  readonly onStoreFailure: 'reject' | 'anonymous';
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** The options as the edges read them. */
export interface EdgeSettings {
  readonly cookieFor: (request: IncomingMessage) => CookieSettings;
  readonly generateId: (request: IncomingMessage) => string;
  /** Whether to trust `X-Forwarded-Proto`; `undefined` to ask the platform. */
  readonly proxy: boolean | undefined;
}
