import type { Duration } from '../duration.js';
import type { OptionalExcept } from '../optional-except.js';
import {
  IsChoice,
  IsDomain,
  IsDurationOrNull,
  IsFlag,
  IsLeftOutOr,
  IsPath,
  Rule,
} from '../rules/option-rules.js';

/** The attributes of the session cookie, as in RFC 6265bis. */
export type SessionCookieOptions = OptionalExcept<CompleteSessionCookieOptions>;

/** Every attribute once: its type, default, meaning and rule. */
export class CompleteSessionCookieOptions {
  /**
   * The browser sends the cookie to this path and those below it; requests elsewhere have no session.
   * @default '/'
   */
  @IsPath()
  path: string = '/';

  /**
   * The domain whose hosts all get the cookie. If it is not set, only the host that set the cookie gets
   * it, which is safer (ASVS 5.0, 3.3.3).
   * @default unset
   */
  @IsLeftOutOr()
  @IsDomain()
  domain: string | undefined;

  /**
   * Keeps the cookie from scripts (ASVS 5.0, 3.3.4).
   * @default true
   */
  @IsFlag()
  httpOnly: boolean = true;

  /**
   * Keeps the cookie from plain HTTP (ASVS 5.0, 3.3.1). `'auto'` does so if the request came over HTTPS. With
   * `true`, a request over plain HTTP gets no cookie, and a warning says so.
   * @default 'auto'
   */
  @IsChoice(true, false, 'auto')
  secure: boolean | 'auto' = 'auto';

  /**
   * Whether the cookie travels with requests from other sites (ASVS 5.0, 3.3.2). `'auto'`: `none`
   * over HTTPS and `lax` otherwise.
   * @default 'lax'
   */
  @IsChoice(true, false, 'lax', 'strict', 'none', 'auto')
  @Rule(
    'sameSiteNoneIsSecure',
    'SameSite=None needs cookie.secure: true, or browsers refuse the cookie',
    (sameSite, cookie) => sameSite !== 'none' || hasSecure(cookie),
  )
  sameSite: boolean | 'lax' | 'strict' | 'none' | 'auto' = 'lax';

  /**
   * How long the browser keeps the cookie after the session was last written or touched; if it is not set,
   * until the browser closes. The server goes by `idleTimeout`, which takes this value unless it is set
   * itself.
   * @default unset
   */
  @IsDurationOrNull('a cookie that ends with the browser')
  maxAge: Duration | null | undefined;

  /**
   * Keeps a separate cookie for each embedding site (CHIPS).
   * @default unset
   */
  @IsLeftOutOr()
  @IsFlag()
  @Rule(
    'partitionedIsSecure',
    'Partitioned needs cookie.secure: true, or browsers refuse the cookie',
    (partitioned, cookie) => partitioned !== true || hasSecure(cookie),
  )
  partitioned: boolean | undefined;

  /**
   * Tells a browser that is full which cookies to drop first.
   * @default unset
   */
  @IsLeftOutOr()
  @IsChoice('low', 'medium', 'high')
  priority: 'low' | 'medium' | 'high' | undefined;
}

/** True if the cookie is Secure for every request; with `'auto'` it is not. */
function hasSecure(cookie: object): boolean {
  return 'secure' in cookie && cookie.secure === true;
}
