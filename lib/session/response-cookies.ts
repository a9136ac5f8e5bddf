import type { CookieAttributes } from '../options/cookie/cookie-attributes.js';
import type { Lifecycle } from './lifecycle.js';
import { clientCookie } from './state/client-cookie.js';
import type { RequestSession } from './state/request-session.js';
import { clearingCookie } from './token/set-cookie.js';

/** The session cookies of responses. */
export class ResponseCookies {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** The `Set-Cookie` value that the response must carry, if any. Called once, as its headers leave. */
  setCookieFor(session: RequestSession): string | undefined {
    const { settings, tokens } = this.lifecycle;
    if (session.client.is === 'token' && session.client.isOutdated) session.resolve();
    const action = clientCookie(session, settings.rolling, hasPersistentCookie);
    if (action === 'leave') return undefined;
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

  /** Something was stored after the headers had left: the browser may need a cookie that it did not get. */
  missed(session: RequestSession): void {
    if (session.state.is !== 'stored') return;
    const { tokens, observer } = this.lifecycle;
    const { client, id } = session;
    const isHeld = client.is === 'token' && client.id === id;
    if (isHeld && !client.isOutdated) return;
    if (tokens.carryRecords) observer.recordTooLate();
    else if (!isHeld) observer.cookieTooLate();
  }

  /** Browsers drop a Secure cookie from plain HTTP, so it is not sent at all. */
  private canBeSent({ edge }: RequestSession, { secure }: CookieAttributes): boolean {
    if (edge.isSecure) return true;
    const isHeldBack = secure === true;
    this.lifecycle.observer.cookieOverPlainHttp(isHeldBack);
    return !isHeldBack;
  }
}

function hasPersistentCookie({ view }: RequestSession): boolean {
  return view.cookieAttributes().originalMaxAge !== null;
}
