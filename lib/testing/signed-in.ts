import { parseSetCookie } from 'cookie';

/** A cookie as Playwright's `BrowserContext.addCookies()` takes it. */
export interface BrowserCookie {
  /** The `name` option of the application. */
  name: string;
  /** As a request sends it. */
  value: string;
  /** The `cookie.domain` of the application, or else the host of the URL. */
  domain: string;
  /** The `cookie.path` of the application. */
  path: string;
  /** Whether scripts cannot read it. */
  httpOnly: boolean;
  /** Whether it is for HTTPS only; browsers accept it for localhost, too. */
  secure: boolean;
  /** Whether it travels with requests from other sites. */
  sameSite: 'Strict' | 'Lax' | 'None';
  /** Seconds since 1970; left out for a cookie that ends with the browser. */
  expires?: number;
}

/** A user whom a test has signed in, and what the application knows them by. */
export class SignedIn {
  /** @param userAgent what the user's browser calls itself, if the test gave it a name */
  constructor(
    /** Who it is. */
    readonly userId: string,
    /** The public name of the session, as in `SessionService.list()`, `revoke()` and the events. */
    readonly handle: string,
    /** The `Set-Cookie` value with which the application handed out the session, for a cookie jar. */
    readonly setCookie: string,
    private readonly userAgent: string | undefined,
  ) {}

  /**
   * The headers of a request of this user: for `set()` of supertest, or the `headers` of `fetch()`. They
   * hold the cookie as it was at the sign-in; a client that follows changes of it needs {@link setCookie}.
   */
  get headers(): Record<string, string> {
    const [Cookie = ''] = this.setCookie.split(';', 1);
    return this.userAgent === undefined ? { Cookie } : { Cookie, 'User-Agent': this.userAgent };
  }

  /**
   * The cookies of this user's browser, for Playwright's `context.addCookies()`.
   * @param url where the application is
   */
  cookies(url: string): BrowserCookie[] {
    const { hostname } = new URL(url);
    const cookie = parseSetCookie(this.setCookie, { decode: (value) => value });
    const { name, value = '', domain = hostname, path = '/', expires } = cookie;
    return [
      {
        name,
        value,
        domain,
        path,
        httpOnly: cookie.httpOnly === true,
        secure: cookie.secure === true,
        sameSite: sameSiteOf(cookie.sameSite),
        ...(expires !== undefined && { expires: Math.floor(expires.getTime() / 1_000) }),
      },
    ];
  }
}

/** Browsers treat a cookie without SameSite as a lax one. */
function sameSiteOf(attribute: unknown): BrowserCookie['sameSite'] {
  if (attribute === true || attribute === 'strict') return 'Strict';
  return attribute === 'none' ? 'None' : 'Lax';
}
