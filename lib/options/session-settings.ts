import type { IncomingMessage } from 'node:http';
import type { RecordCodec } from '../stores/session-store.js';
import type { CookieAttributes } from '../session/record/session-record.js';

/** Node's request object, which the core only hands on. */
export type NativeRequest = IncomingMessage;

/** The configured cookie: attributes, of which two may depend on whether the request is secure. */
export interface CookieSettings extends Omit<CookieAttributes, 'secure' | 'sameSite'> {
  readonly secure?: boolean | 'auto' | undefined;
  readonly sameSite?: CookieAttributes['sameSite'] | 'auto' | undefined;
}

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
  readonly cookieFor: (request: NativeRequest) => CookieSettings;
  /** True when a function gives the cookie, so that each record's own says how long it lives. */
  readonly cookieVaries: boolean;
  readonly idleTimeout: number;
  /** True when nobody chose `idleTimeout`, so that a session's own `cookie.maxAge` decides. */
  readonly idleFollowsCookie: boolean;
  readonly absoluteTimeout: number | null;
  readonly absoluteIsDefault: boolean;
  readonly touchInterval: number;
  readonly rolling: boolean;
  readonly saveUninitialized: boolean;
  readonly unset: 'destroy' | 'keep';
  readonly generateId: (request: NativeRequest) => string;
  readonly hashIds: boolean;
  /** How records are kept at rest; `undefined` for plain JSON, which express-session reads too. */
  readonly codec: RecordCodec | undefined;
  readonly storeTimeout: number;
  /** What to call the store in an error. */
  readonly storeName: string;
  readonly limit: SessionLimitSetting | undefined;
  readonly onStoreFailure: 'reject' | 'anonymous';
  /** Epoch milliseconds. */
  readonly clock: () => number;
}
