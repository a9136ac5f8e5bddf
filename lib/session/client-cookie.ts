import type { RequestSession } from './request-session.js';
import { clearingCookie } from './token/session-cookie.js';
import type { SessionObserver } from './events.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionTokens } from './token/session-tokens.js';

/** Decides which cookie a response carries back to the browser. */
export class OutgoingCookie {
  constructor(
    private readonly settings: SessionSettings,
    private readonly tokens: SessionTokens,
    private readonly observer: SessionObserver,
  ) {}

  setCookieFor(session: RequestSession): string | undefined {
    if (session.state === 'unavailable') return undefined;
    if (session.state === 'gone' && !session.isEndedAtBirth) return undefined;
    const hasId = session.isStored || session.isEndedAtBirth;
    const isDue = hasId ? this.isDue(session) : session.endedClientsSession;
    if (!isDue || !this.canTravel(session)) return undefined;
    return hasId
      ? this.issue(session)
      : clearingCookie(this.settings.name, session.sendableCookie());
  }

  private isDue(session: RequestSession): boolean {
    const { isCommitted, isTouched } = session;
    return (
      session.isNewToClient ||
      session.hasNewCookie ||
      session.isCookieOutdated ||
      ((isCommitted || isTouched) && this.settings.rolling) ||
      // The browser would drop a persistent cookie before the server drops the session.
      (isCommitted && session.cookieAttributes().originalMaxAge !== null)
    );
  }

  /** Browsers drop a Secure cookie that comes over plain HTTP, so it is not sent at all. */
  private canTravel(session: RequestSession): boolean {
    if (session.request.isSecure) return true;
    const isSecureCookie = session.cookieAttributes().secure === true;
    this.observer.cookieOverPlainHttp(isSecureCookie);
    return !isSecureCookie;
  }

  /** Something was stored after the headers had left: the browser may have missed a cookie. */
  missed(session: RequestSession): void {
    if (!session.isStored) return;
    if (this.tokens.carryRecords && session.isCookieOutdated) this.observer.recordTooLate();
    else if (session.isNewToClient) this.observer.cookieTooLate();
  }

  private issue(session: RequestSession): string | undefined {
    const attributes = session.sendableCookie();
    const lifetime = attributes.originalMaxAge;
    const expires = lifetime === null ? undefined : new Date(this.settings.clock() + lifetime);
    const cookie = this.tokens.cookieFor(session, attributes, expires);
    if (cookie === undefined) return undefined;
    session.isNewToClient = false;
    session.isCookieOutdated = false;
    return cookie;
  }
}
