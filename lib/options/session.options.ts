import type { IncomingMessage } from 'node:http';
import type { MiddlewareConsumer } from '@nestjs/common';
import type { Store } from 'express-session';
import type { SessionSeal } from '../stores/session-seal.js';
import type { SessionStore } from '../stores/session-store.js';
import { systemClock } from '../stores/system-clock.js';
import { FitsCookiePrefix } from './cookie/cookie-name.rule.js';
import type { SessionCookieOptions } from './cookie/session-cookie.options.js';
import type { CrossOriginOptions } from './cross-origin/cross-origin.options.js';
import { IsCrossOrigin } from './cross-origin/cross-origin.rules.js';
import type { Duration } from './duration.js';
import type { OptionalExcept } from './optional-except.js';
import {
  IsCallback,
  IsChoice,
  IsCookie,
  IsCookieName,
  IsDuration,
  IsDurationOrNull,
  IsDurationOrZero,
  IsFlag,
  IsLeftOutOr,
  IsLimit,
  IsNoLongerThan,
  IsWithinAbsoluteTimeout,
} from './rules/option-rules.js';
import { AreExclusions, AreRoutes } from './rules/route.rules.js';
import { HasEncryptionKeys, IsSecret } from './rules/secret.rules.js';
import {
  IsStore,
  NeedsPlainStore,
  NeedsStoreWithIndex,
  NeedsUnsealedStore,
} from './rules/store.rule.js';
import type { SessionLimitSetting } from './session-settings.js';
import type { UserLoader } from './session-user.js';

/** Routes as Nest's `MiddlewareConsumer` takes them. */
export type SessionRoutes = Parameters<MiddlewareConfigProxy['forRoutes']>;
/** Routes to leave out, as Nest's `MiddlewareConsumer.exclude()` takes them. */
export type SessionExclusions = Parameters<MiddlewareConfigProxy['exclude']>;

type MiddlewareConfigProxy = ReturnType<MiddlewareConsumer['apply']>;

/** The options of the session lifecycle, under express-session's names where it has them. */
// An interface, so that editors show this name instead of what it is made of.
export interface SessionOptions extends OptionalExcept<CompleteSessionOptions, 'secret'> {}

/** The longest that Node's timers can wait. */
const MAX_TIMER = 2_147_483_647;

/** Every option once: its type, default, meaning and rule. */
export class CompleteSessionOptions {
  /**
   * Signs the cookie. Of several secrets, the first signs and all verify, so that one can be replaced in
   * three deployments: `[old, new]`, then `[new, old]`, and `[new]` when the sessions of the old one have
   * expired. At least 32 random characters or bytes; a different one for each application and cookie name.
   * `undefined`, the value of an unset environment variable, is an error at boot.
   */
  @IsSecret()
  secret: string | Buffer | (string | Buffer | undefined)[] = [];

  /**
   * The name of the session cookie. With the prefix `__Host-`, browsers keep it to one host (ASVS 5.0,
   * 3.3.3).
   * @default 'connect.sid'
   */
  @IsCookieName()
  @FitsCookiePrefix()
  name: string = 'connect.sid';

  /**
   * The attributes of the cookie, or a function that returns them for a request, whose whole URL it sees. If
   * the result breaks a rule, that request fails with InvalidSessionOptionsException (500).
   * @default { path: '/', httpOnly: true, secure: 'auto', sameSite: 'lax' }
   */
  @IsCookie()
  cookie: SessionCookieOptions | ((request: IncomingMessage) => SessionCookieOptions) = {};

  /**
   * Where sessions are kept: a Sesame store, or any express-session `Store`; `SealedCookieStore` keeps
   * them in the cookie.
   * @default new MemorySessionStore()
   */
  @IsLeftOutOr()
  @IsStore()
  store: SessionStore | SessionSeal | Store | undefined;

  /**
   * Ends a session that has not been used for this long (ASVS 5.0, 7.3.1). If `cookie.maxAge` is set and
   * this is not, it has that value.
   * @default '30m'
   */
  @IsDuration()
  @IsWithinAbsoluteTimeout()
  idleTimeout: Duration = '30m';

  /**
   * Ends a session this long after it began, however much it is used (ASVS 5.0, 7.3.2); a sign-in begins
   * a new one. `null` for no limit. If neither timeout is set, a longer `cookie.maxAge` lifts it.
   * @default '12h'
   */
  @IsDurationOrNull('no limit')
  absoluteTimeout: Duration | null = '12h';

  /**
   * The shortest time between two writes that extend the idle timeout of an unchanged session. It is never
   * more than half of `idleTimeout` or of `cookie.maxAge`. `0` extends the timeout with every request, at the
   * cost of a write for each.
   * @default '1m'
   */
  @IsDurationOrZero()
  touchInterval: Duration = '1m';

  /**
   * For how long a session that got a new id is still found by its former one, so that requests already under
   * way lose nothing. After `login()`, such a request gets a 409 that tells it to try again; after
   * `confirm()` and `regenerate({ keep: 'all' })`, it goes on. With `0`, the former id stops working at once
   * (ASVS 5.0, 7.2.4). Needs a store with an index of users, and `hashIds`.
   * @default '10s'
   */
  @IsDurationOrZero()
  rotationGrace: Duration = '10s';

  /**
   * Sends the cookie again whenever the session is written or touched, even if the cookie ends with the
   * browser. A cookie with a lifetime is sent then in any case.
   * @default false
   */
  @IsFlag()
  rolling: boolean = false;

  /**
   * Stores new sessions even if they are empty (ASVS 5.0, 7.6.2 advises against it).
   * @default false
   */
  @IsFlag()
  saveUninitialized: boolean = false;

  /**
   * What happens to the stored session when a request sets `req.session` to `null` or deletes it.
   * @default 'destroy'
   */
  @IsChoice('destroy', 'keep')
  unset: 'destroy' | 'keep' = 'destroy';

  /**
   * Makes the ids of new sessions, which must be unique and unguessable (ASVS 5.0, 7.2.3). Each is looked up
   * in an express-session store before it is used. The function sees the whole URL of the request.
   * @default 192 random bits
   */
  @IsLeftOutOr()
  @IsCallback('(request) => string')
  genid: ((request: IncomingMessage) => string) | undefined;

  /**
   * Whether to trust `X-Forwarded-Proto`, which says if a request came over HTTPS, and
   * `X-Forwarded-Host`, which says for which host. If it is not set, Express decides by its `trust proxy`
   * setting.
   * @default unset
   */
  @IsLeftOutOr()
  @IsFlag()
  proxy: boolean | undefined;

  /**
   * Accepted for compatibility with express-session, without effect: unchanged sessions are never saved
   * again.
   * @default unset
   */
  @IsLeftOutOr()
  @IsFlag()
  resave: boolean | undefined;

  /**
   * Stores sessions under a hash of their id, so that a leaked store lets nobody in. `false` for the
   * keys that express-session uses.
   * @default true
   */
  @IsFlag()
  hashIds: boolean = true;

  /**
   * Encrypts records at rest with AES-256-GCM (ASVS 5.0, 11.3): the first key seals, all open. Each has
   * at least 32 random characters or bytes. A key is replaced in three deployments: `[old, new]`, then
   * `[new, old]`, and `[new]` when the sessions of the old one have expired; any that are left end then.
   * A key may seal 2^32 records (NIST SP 800-38D, 8.3).
   * @default none
   */
  @IsLeftOutOr()
  @HasEncryptionKeys()
  @NeedsPlainStore()
  @NeedsUnsealedStore()
  encryption: { keys: (string | Buffer | undefined)[] } | undefined;

  /**
   * How many sessions one user may have (ASVS 5.0, 7.1.2), and whether one more ends the session that
   * would expire first (the least recently used one, unless `remember` was used) or is refused with a
   * 409. Sessions that are over never count. Needs a store with an index of users: memory, Redis or SQL.
   * @default no limit
   */
  @IsLeftOutOr()
  @IsLimit()
  @NeedsStoreWithIndex()
  limit: SessionLimitSetting | undefined;

  /**
   * Refuses, with CrossOriginException (403), requests with an unsafe method that pages of another origin
   * send with the session's cookie, and `login()` in any such request, cookie or not (ASVS 5.0, 3.5.1). An
   * object says which of them pass, `'report'` only logs them, and `false` does not look for them.
   * @default {}
   */
  @IsCrossOrigin()
  crossOrigin: CrossOriginOptions | 'report' | false = {};

  /**
   * How long to wait for one answer from the store; at most 24.8 days, the limit of Node's timers. In total,
   * a request waits for the store for at most twice as long.
   * @default '1s'
   */
  @IsDuration()
  @IsNoLongerThan(MAX_TIMER)
  storeTimeout: Duration = '1s';

  /**
   * What a request gets if its session cannot be read: a 503, or an empty session that cannot be saved. A
   * request that changes or ends that session still gets the 503.
   * @default 'reject'
   */
  @IsChoice('reject', 'anonymous')
  onStoreFailure: 'reject' | 'anonymous' = 'reject';

  /**
   * The clock behind the timeouts, in epoch milliseconds. For tests. The default one follows the fake
   * timers of test runners.
   * @default Date.now
   */
  @IsCallback('() => number')
  clock: () => number = systemClock;
}

/** Nest's pattern for every route. */
export const ALL_ROUTES = '{*path}';

/** The options of `SessionModule`: those of the lifecycle, the routes it covers, and how to find users. */
export interface SessionModuleOptions extends OptionalExcept<
  CompleteSessionModuleOptions,
  'secret'
> {}

export class CompleteSessionModuleOptions extends CompleteSessionOptions {
  /**
   * The routes that have a session, as `MiddlewareConsumer.forRoutes()` takes them.
   * @default every route
   */
  @AreRoutes()
  forRoutes: SessionRoutes = [ALL_ROUTES];

  /**
   * The routes that have no session, as `MiddlewareConsumer.exclude()` takes them.
   * @default none
   */
  @AreExclusions()
  exclude: SessionExclusions = [];

  /**
   * Finds the user whose id `login()` got, for `@CurrentUser()` and `SessionService.user`. It is called once
   * a request, when one of them is first used. If it returns `undefined` or `null`, the user no longer
   * exists: the session is ended, and the request gets NotAuthenticatedException (401) with the reason
   * `'user-gone'`. What it throws is answered like any error of the application, and the next use calls it
   * again.
   * @default none
   */
  @IsLeftOutOr()
  @IsCallback('(userId) => user, or a promise of one')
  loadUser: UserLoader | undefined;
}
