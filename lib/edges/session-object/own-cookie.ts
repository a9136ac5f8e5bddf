import session from 'express-session';
import type { Cookie } from 'express-session';
import { refuseUnsendable, unsendable } from '../../options/cookie/cookie-rules.js';
import { cookieAttributesOf, createCookie } from './session-object.js';
import {
  cookieOverrides,
  isSameCookie,
  resolveCookie,
} from '../../session/token/session-cookie.js';
import type { CookieAttributes } from '../../session/record/session-record.js';
import type { SessionRequest } from '../../session/edge.js';

/** The attributes in which the cookie of one session differs from what is configured. */
type Overrides = Partial<CookieAttributes> | undefined;

/** The cookie of one session: as it is configured for its request, and as the application left it. */
export class OwnCookie {
  private known:
    { readonly overrides: Overrides; readonly attributes: CookieAttributes } | undefined;

  constructor(
    private readonly request: SessionRequest,
    private readonly name: string,
  ) {}

  /** Asked several times in a request, nearly always with the same overrides. */
  configured(overrides: Overrides): CookieAttributes {
    if (this.known === undefined || this.known.overrides !== overrides) {
      this.known = { overrides, attributes: this.sendable(overrides) };
    }
    return this.known.attributes;
  }

  /** What a record carries may be older than the configuration: only its lifetime counts, then. */
  private sendable(overrides: Overrides): CookieAttributes {
    const { cookie, isSecure } = this.request;
    const attributes = resolveCookie(cookie, overrides, isSecure);
    if (overrides === undefined || unsendable(attributes, this.name) === undefined) {
      return attributes;
    }
    const { originalMaxAge = attributes.originalMaxAge } = overrides;
    return resolveCookie(cookie, { originalMaxAge }, isSecure);
  }

  /** True when the application changed a cookie that was made with these overrides. */
  isChanged(cookie: Cookie, overrides: Overrides): boolean {
    return !isSameCookie(cookieAttributesOf(cookie), this.configured(overrides));
  }

  /** @throws UnserialisableAttributeError naming the attribute that no cookie can carry */
  overridesOf(cookie: Cookie): Overrides {
    const attributes = cookieAttributesOf(cookie);
    refuseUnsendable(attributes, this.name);
    return cookieOverrides(attributes, this.configured(undefined));
  }

  /** Has the cookie of a session object say when it expires, which is later now. */
  renew(live: Record<string, unknown>, overrides: Overrides): void {
    const attributes = this.configured(overrides);
    const cookie = cookieOf(live);
    const isSame = cookie !== undefined && isSameCookie(cookieAttributesOf(cookie), attributes);
    if (!isSame) live['cookie'] = createCookie(attributes);
    else if (attributes.originalMaxAge !== null) cookie.maxAge = attributes.originalMaxAge;
  }
}

/**
 * The cookie of what the application has as its session, if it is one. A plain object in its place is
 * none: data that came with a request may have been assigned to the session, and must not say for how
 * long it lives, nor who may read its cookie.
 */
export function cookieOf(live: unknown): Cookie | undefined {
  if (typeof live !== 'object' || live === null || !('cookie' in live)) return undefined;
  return isCookie(live.cookie) ? live.cookie : undefined;
}

function isCookie(value: unknown): value is Cookie {
  return value instanceof session.Cookie || isOfOtherCopy(value);
}

/** An application may have a copy of express-session of its own. Data have no class with accessors. */
function isOfOtherCopy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return ['data', 'expires', 'maxAge'].every((name) => {
    const accessor = Object.getOwnPropertyDescriptor(Object(prototype), name);
    return accessor?.get !== undefined;
  });
}
