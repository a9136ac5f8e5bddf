/** The attributes of a cookie that a prefix of its name may prescribe. */
export interface PrefixedCookie {
  readonly secure?: unknown;
  readonly httpOnly?: unknown;
  readonly path?: unknown;
  readonly domain?: unknown;
}

type Need = keyof PrefixedCookie;

/** A prefix of cookie names, and the attributes that browsers demand of such a cookie. */
export interface CookiePrefix {
  readonly prefix: string;
  readonly needs: readonly Need[];
}

/** RFC 6265bis, 4.1.3, the longest first. */
export const COOKIE_PREFIXES: readonly CookiePrefix[] = [
  { prefix: '__Host-Http-', needs: ['secure', 'httpOnly', 'path', 'domain'] },
  { prefix: '__Host-', needs: ['secure', 'path', 'domain'] },
  { prefix: '__Http-', needs: ['secure', 'httpOnly'] },
  { prefix: '__Secure-', needs: ['secure'] },
];

const IN_WORDS: Readonly<Record<Need, string>> = {
  secure: 'cookie.secure: true',
  httpOnly: 'cookie.httpOnly: true',
  path: "cookie.path: '/'",
  domain: 'no cookie.domain',
};

/** Returns the prefix of a name, if it has one. Browsers ignore the case of prefixes. */
export function prefixOf(name: string): CookiePrefix | undefined {
  if (!name.startsWith('__')) return undefined;
  const lowered = name.toLowerCase();
  return COOKIE_PREFIXES.find(({ prefix }) => lowered.startsWith(prefix.toLowerCase()));
}

/**
 * Returns the first attribute that makes browsers drop a cookie with this prefix; `undefined` if none does.
 */
export function unmetNeed({ needs }: CookiePrefix, cookie: PrefixedCookie): Need | undefined {
  return needs.find((need) => !isMet(need, cookie));
}

/** Describes what such a cookie needs, for an error. */
export function needsInWords({ prefix, needs }: CookiePrefix): string {
  const all = needs.map((need) => IN_WORDS[need]);
  const last = all.at(-1) ?? '';
  const list = all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${last}` : last;
  return `a ${prefix} name needs ${list}`;
}

function isMet(need: Need, { secure, httpOnly, path, domain }: PrefixedCookie): boolean {
  switch (need) {
    case 'secure':
      return secure === true; // 'auto' may become false
    case 'httpOnly':
      return httpOnly === true;
    case 'path':
      return path === '/';
    case 'domain':
      return domain === undefined || domain === null || domain === '';
  }
}
