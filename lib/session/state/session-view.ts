import {
  cookieOverrides,
  isSameCookie,
  resolveCookie,
} from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes, CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { unsendable } from '../../options/cookie/cookie-rules.js';
import type { SessionAttributes } from '../data/attributes.js';
import { showable } from '../data/attributes.js';
import type { SessionEdge, SessionIdentity } from '../edge.js';
import { UnserialisableAttributeError } from '../errors.js';
import type { SessionMetadata, SessionRecord } from '../record/session-record.js';

/** The cookie attributes that the application set, where it changed them. */
export type CookieChange = Pick<SessionMetadata, 'cookie'>;

/** The session that is viewed. */
export interface ViewedSession {
  /** The record that was loaded or last written. */
  record(): SessionRecord;
  readonly identity: SessionIdentity;
}

/**
 * Stands for the session object of a view that has none. Not `{ object }`, which would refer to the whole
 * request: see "Literals that outlive their request" in benchmarks/NOTES.md.
 */
const NOT_SHOWN = Symbol('not shown');

/**
 * What the application sees of its session: an object with attributes and a cookie, made when it is
 * first looked at, or whatever the application put in its place.
 */
export class SessionView {
  private shown: unknown = NOT_SHOWN;
  private follow: (() => void) | undefined;
  /** The cookie that was last asked for, with the overrides below. */
  private known: CookieAttributes | undefined;
  private knownOverrides: CookieOverrides;

  constructor(
    private readonly session: ViewedSession,
    private readonly edge: SessionEdge,
    private readonly cookieName: string,
  ) {}

  /** True once the application has seen or replaced the session object. */
  get isShown(): boolean {
    return this.shown !== NOT_SHOWN;
  }

  /** True when the application set the session to nothing: `req.session = null`. */
  get isUnset(): boolean {
    return this.isShown && !isObject(this.shown);
  }

  /** Returns what the application has as its session; the session object is made at the first call. */
  object(): unknown {
    this.catchUp();
    return this.isShown ? this.shown : this.show(this.session.record().attributes);
  }

  /** Gives the application a new session object. */
  show(attributes: SessionAttributes): unknown {
    const { session, edge } = this;
    const cookie = this.configuredCookie(session.record().metadata.cookie);
    const object = edge.objects.create(session.identity, edge.request, cookie, attributes);
    this.shown = object;
    return object;
  }

  /** Notes what the application put in the place of its session. */
  put(object: unknown): void {
    this.follow = undefined;
    this.shown = object;
  }

  /** Drops the session object; the next call of `object()` makes a new one. */
  forget(): void {
    this.follow = undefined;
    this.shown = NOT_SHOWN;
  }

  /** Makes the session object follow what others have stored, once somebody looks at it. */
  onNextLook(follow: () => void): void {
    this.follow = follow;
  }

  private catchUp(): void {
    const { follow } = this;
    this.follow = undefined;
    follow?.();
  }

  /** Returns the attributes as they are now. */
  attributes(): SessionAttributes {
    this.catchUp();
    if (!this.isShown) return showable(this.session.record().attributes);
    return isObject(this.shown) ? this.edge.objects.attributesOf(this.shown) : {};
  }

  /** Makes the session object, if there is one, hold exactly these attributes. */
  fill(attributes: SessionAttributes): void {
    if (isObject(this.shown)) this.edge.objects.fill(this.shown, attributes);
  }

  /** True if the application put something into the session, or replaced it by something that holds data. */
  holdsAnything(): boolean {
    if (!this.isShown) return false;
    return Object.values(this.attributes()).some((attribute) => attribute !== undefined);
  }

  /** Returns the configured cookie attributes, with the overrides of one session. */
  configuredCookie(overrides: CookieOverrides): CookieAttributes {
    // Called several times in a request, nearly always with the same overrides.
    if (this.known === undefined || this.knownOverrides !== overrides) {
      this.known = this.sendableWith(overrides);
      this.knownOverrides = overrides;
    }
    return this.known;
  }

  /** True if the application changed the cookie of this session since it was loaded. */
  hasChangedCookie(): boolean {
    const cookie = this.shownCookie();
    return cookie !== undefined && !isSameCookie(cookie, this.storedCookie());
  }

  /** Returns the attributes that the session's cookie has now. */
  cookieAttributes(): CookieAttributes {
    return this.shownCookie() ?? this.storedCookie();
  }

  /** True if the cookie outlives the browser. */
  get isCookiePersistent(): boolean {
    return this.cookieAttributes().originalMaxAge !== null;
  }

  /**
   * Returns the attributes in which this session's cookie differs from the configured one.
   * @throws UnserialisableAttributeError naming an attribute that no cookie can carry
   */
  cookieOverrides(): CookieOverrides {
    const cookie = this.shownCookie();
    if (cookie === undefined || isSameCookie(cookie, this.storedCookie())) {
      return this.session.record().metadata.cookie;
    }
    const offender = unsendable(cookie, this.cookieName);
    if (offender !== undefined) {
      throw new UnserialisableAttributeError(`cookie.${offender.name}`, offender.is);
    }
    return cookieOverrides(cookie, this.configuredCookie(undefined));
  }

  /**
   * Returns the cookie of the session's metadata, if the application changed it since it was loaded.
   * @throws UnserialisableAttributeError naming an attribute that no cookie can carry
   */
  cookieChange(): CookieChange {
    return this.hasChangedCookie() ? { cookie: this.cookieOverrides() } : {};
  }

  /** Returns the attributes to send: the present ones if a browser accepts them, else the stored ones. */
  sendableCookie(): CookieAttributes {
    const attributes = this.cookieAttributes();
    return unsendable(attributes, this.cookieName) === undefined ? attributes : this.storedCookie();
  }

  /**
   * Restarts the lifetime of the session object's cookie when a record was written, unless the application
   * has changed the cookie meanwhile.
   * @param cookie its attributes when the record was made
   */
  renewCookie(cookie: CookieAttributes): void {
    const object = this.shown;
    if (!isObject(object) || !isSameCookie(this.cookieAttributes(), cookie)) return;
    this.edge.objects.renewCookie(object, this.storedCookie());
  }

  /** Gives the session object the cookie that it had, or that its record has by now. */
  restoreCookie(cookie: CookieAttributes = this.storedCookie()): void {
    const object = this.shown;
    if (!isObject(object) || isSameCookie(this.cookieAttributes(), cookie)) return;
    this.edge.objects.renewCookie(object, cookie);
  }

  private storedCookie(): CookieAttributes {
    return this.configuredCookie(this.session.record().metadata.cookie);
  }

  private shownCookie(): CookieAttributes | undefined {
    const object = this.shown;
    return isObject(object) ? this.edge.objects.cookieOf(object) : undefined;
  }

  /** If overrides from an old record no longer fit the configuration, only the lifetime counts. */
  private sendableWith(overrides: CookieOverrides): CookieAttributes {
    const { cookie, isSecure } = this.edge;
    const attributes = resolveCookie(cookie, overrides, isSecure);
    if (overrides === undefined || unsendable(attributes, this.cookieName) === undefined) {
      return attributes;
    }
    const { originalMaxAge = attributes.originalMaxAge } = overrides;
    return resolveCookie(cookie, { originalMaxAge }, isSecure);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
