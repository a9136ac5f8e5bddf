/** The attributes of a session's cookie, in express-session's names. */
export interface CookieAttributes {
  /** The cookie's lifetime in milliseconds; `null` for one that ends with the browser. */
  readonly originalMaxAge: number | null;
  readonly path?: string | undefined;
  readonly domain?: string | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly secure?: boolean | undefined;
  readonly sameSite?: boolean | 'lax' | 'strict' | 'none' | undefined;
  readonly partitioned?: boolean | undefined;
  readonly priority?: 'low' | 'medium' | 'high' | undefined;
}

/** The attributes other than the lifetime. */
export const COOKIE_ATTRIBUTES = [
  'path',
  'domain',
  'httpOnly',
  'secure',
  'sameSite',
  'partitioned',
  'priority',
] as const satisfies readonly (keyof CookieAttributes)[];

/** The attributes in which the cookie of a session differs from the configured one, if any. */
export type CookieOverrides = Partial<CookieAttributes> | undefined;

/** The configured cookie. Two of its attributes may depend on whether the request is secure. */
export interface CookieSettings extends Omit<CookieAttributes, 'secure' | 'sameSite'> {
  readonly secure?: boolean | 'auto' | undefined;
  readonly sameSite?: CookieAttributes['sameSite'] | 'auto' | undefined;
}

/** Returns the configured attributes for one request: `'auto'` becomes what the connection allows. */
export function resolveCookie(
  settings: CookieSettings,
  overrides: CookieOverrides,
  isSecure: boolean,
): CookieAttributes {
  const { secure, sameSite } = settings;
  return {
    ...settings,
    secure: secure === 'auto' ? isSecure : secure,
    sameSite: sameSite === 'auto' ? (isSecure ? 'none' : 'lax') : sameSite,
    ...overrides,
  };
}

/** Setting `maxAge` goes through the clock, so the same lifetime may read back slightly different. */
const LIFETIME_TOLERANCE = 100;

/** True if both mean the same to a browser. */
export function isSameCookie(one: CookieAttributes, other: CookieAttributes): boolean {
  if (!isSameLifetime(one.originalMaxAge, other.originalMaxAge)) return false;
  return COOKIE_ATTRIBUTES.every((attribute) => one[attribute] === other[attribute]);
}

/**
 * Returns the attributes in which a cookie differs from the configured one; `undefined` if there are none.
 */
export function cookieOverrides(
  cookie: CookieAttributes,
  configured: CookieAttributes,
): CookieOverrides {
  const differing: [string, unknown][] = [];
  if (!isSameLifetime(cookie.originalMaxAge, configured.originalMaxAge)) {
    differing.push(['originalMaxAge', cookie.originalMaxAge]);
  }
  for (const attribute of COOKIE_ATTRIBUTES) {
    if (cookie[attribute] !== configured[attribute]) differing.push([attribute, cookie[attribute]]);
  }
  return differing.length === 0 ? undefined : Object.fromEntries(differing);
}

function isSameLifetime(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= LIFETIME_TOLERANCE;
}
