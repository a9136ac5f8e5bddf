import type { CookieAttributes } from '../options/cookie/cookie-attributes.js';
import { StoreUnavailableError } from './errors.js';
import type { Lifecycle } from './lifecycle.js';
import { clientCookie } from './state/client-cookie.js';
import type { ClientCookie } from './state/client-cookie.js';
import type { RequestSession } from './state/request-session.js';
import { clearingCookie } from './token/set-cookie.js';

/** The session cookies of responses. */
export class ResponseCookies {
  constructor(private readonly lifecycle: Lifecycle) {}

  /**
   * Called when the session is settled. The session of a request that took long may have got a new id
   * since it was stored or loaded, and its browser the new cookie, which must not be replaced by this one.
   */
  prepare(session: RequestSession): Promise<void> | undefined {
    if (session.isCookieDecided || this.actionFor(session) !== 'renew') return undefined;
    return this.mayRenew(session) ? undefined : this.look(session);
  }

  /**
   * Returns the `Set-Cookie` value that the response must carry, if any. Called once, as its headers leave.
   */
  setCookieFor(session: RequestSession): string | undefined {
    const { settings, tokens } = this.lifecycle;
    session.isCookieDecided = true;
    const action = this.actionFor(session);
    if (action === 'leave') return undefined;
    if (action === 'renew' && !this.mayRenew(session)) return undefined;
    const { client, view } = session;
    const attributes =
      client.is === 'void' && action === 'clear'
        ? view.configuredCookie(client.cookie)
        : view.sendableCookie();
    if (!this.canBeSent(session, attributes)) return undefined;
    if (action === 'clear') return clearingCookie(settings.name, attributes);
    const cookie = tokens.cookieFor(session, attributes);
    if (cookie !== undefined) session.issue();
    return cookie;
  }

  /**
   * Called when something was stored after the headers had left: the browser may lack a cookie that it needs.
   */
  missed(session: RequestSession): void {
    if (session.state.is !== 'stored') return;
    const { tokens, observer } = this.lifecycle;
    const { client, id } = session;
    const isHeld = client.is === 'token' && client.id === id;
    if (isHeld && !client.isOutdated) return;
    if (tokens.carryRecords) observer.recordTooLate();
    else if (!isHeld) observer.cookieTooLate();
  }

  /** Called when a session is about to end after the headers have left: a cookie that carries it lives on. */
  missedEnd({ state, client }: RequestSession): void {
    const { tokens, observer } = this.lifecycle;
    const isHeld = state.is === 'stored' && client.is === 'token';
    if (isHeld && tokens.carryRecords) observer.recordTooLate();
  }

  private actionFor(session: RequestSession): ClientCookie {
    if (session.client.is === 'token' && session.client.isOutdated) session.resolve();
    return clientCookie(session, this.lifecycle.settings.rolling, hasPersistentCookie);
  }

  /**
   * True if the cookie may be renewed at once: one that carries the record has nothing to be compared with.
   */
  private mayRenew(session: RequestSession): boolean {
    return session.isJustSeen || this.lifecycle.tokens.carryRecords;
  }

  /** Looks at the session anew. A failure costs nobody a good response: the next one renews the cookie. */
  private async look(session: RequestSession): Promise<void> {
    const { store, format, observer } = this.lifecycle;
    const { key, budget } = session;
    try {
      const there = await store.read(key, budget);
      if (format.open(there?.payload, key).is === 'live') session.noteSeen();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      observer.error("A session's cookie was not renewed.", error);
    }
  }

  /** False for a Secure cookie over plain HTTP: browsers drop it, so it is not sent at all. */
  private canBeSent({ edge }: RequestSession, { secure }: CookieAttributes): boolean {
    if (edge.isSecure) return true;
    const isHeldBack = secure === true;
    this.lifecycle.observer.cookieOverPlainHttp(isHeldBack);
    return !isHeldBack;
  }
}

function hasPersistentCookie({ view }: RequestSession): boolean {
  return view.isCookiePersistent;
}
