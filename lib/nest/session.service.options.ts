import type { SessionData } from 'express-session';
import type { Duration } from '../options/duration.js';
import type { Keep } from '../session/rotation/move.js';

/** Options of `SessionService.login()`. */
export interface LoginOptions {
  /**
   * The attributes that the session keeps.
   * @default 'all' if the session was anonymous or this user's, 'none' if it was another user's
   */
  keep?: Keep;
  /**
   * Keeps this user signed in for this long, used or not, with a cookie that outlives the browser: sets both
   * timeouts of this sign-in, and the age of its cookie.
   * @default the configured timeouts and cookie
   */
  remember?: Duration;
  /**
   * Attributes to set with the sign-in, in the same write: a role, say, or when the user last signed in.
   * Whatever else the session holds stays as `keep` says.
   * @default none
   */
  data?: Partial<Omit<SessionData, 'cookie'>>;
}

/** Options of `SessionService.regenerate()`. */
export interface RegenerateOptions {
  /**
   * The attributes that the session keeps. With `'all'`, the user stays signed in too.
   * @default 'none'
   */
  keep?: Keep;
}

/** Options of `SessionService.revokeAll()`. */
export interface RevokeAllOptions {
  /**
   * Spares the session of the running request: "sign out everywhere else". It is spared whatever id it
   * has by then. Outside a request, or if another user is signed in, there is nothing to spare.
   * @default false
   */
  exceptCurrent?: boolean;
}
