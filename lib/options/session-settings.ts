import type { IncomingMessage } from 'node:http';
import type { CookieSettings } from './cookie/cookie-attributes.js';
import type { CrossOriginSettings } from './cross-origin/cross-origin-settings.js';
import type { UserLoader } from './session-user.js';
import type { Timeouts } from './timeouts.js';

/** How many sessions a user may have, and what happens to one more. */
export interface SessionLimitSetting {
  /**
   * A whole number above zero, or a function that returns one for a user. A function may also return
   * `Infinity` for no limit, and 0: no session with `'reject'`, one with `'evict-oldest'`. Anything else
   * fails the sign-in with a RangeError (500). The function must not wait for another change of the
   * session that is signing in: that change waits for the sign-in.
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
  /** The first one signs, all verify. */
  readonly secrets: readonly (string | Buffer)[];
  readonly name: string;
  /** True if `cookie` is a function: then the cookie in each record decides how long the session lives. */
  readonly cookieVaries: boolean;
  /** The timeouts with the configured cookie. */
  readonly timeouts: Timeouts;
  /** Which of them the options set; the other follows a session's own `cookie.maxAge`. */
  readonly isChosen: { readonly idle: boolean; readonly absolute: boolean };
  readonly touchInterval: number;
  /** For how long a former id leads to its session; 0 for not at all. */
  readonly rotationGrace: number;
  readonly rolling: boolean;
  readonly saveUninitialized: boolean;
  readonly unset: 'destroy' | 'keep';
  readonly hashIds: boolean;
  /** Keys that seal records at rest; `undefined` for no encryption. */
  readonly encryptionKeys: readonly (string | Buffer)[] | undefined;
  /** How requests from other origins are handled; `undefined` if they are not looked for. */
  readonly crossOrigin: CrossOriginSettings | undefined;
  readonly storeTimeout: number;
  /** The name of the store, for errors. */
  readonly storeName: string;
  readonly limit: SessionLimitSetting | undefined;
  /** Finds the user of an id, if the application says how. */
  readonly loadUser: UserLoader | undefined;
  readonly onStoreFailure: 'reject' | 'anonymous';
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** The options as the edges read them. */
export interface EdgeSettings {
  readonly cookieFor: (request: IncomingMessage) => CookieSettings;
  readonly generateId: (request: IncomingMessage) => string;
  /** Whether to trust `X-Forwarded-Proto` and `X-Forwarded-Host`; `undefined` to let the platform decide. */
  readonly proxy: boolean | undefined;
}
