import type { RequestSession } from './request-session.js';
import { clearingCookie, sessionCookie } from './session-cookie.js';
import type { SessionObserver } from './session-events.js';
import type { SessionSettings } from './session-settings.js';

/** Decides which cookie a response carries back to the browser. */
export class OutgoingCookie {
  constructor(
    private readonly settings: SessionSettings,
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
      : clearingCookie(this.settings.name, session.cookieAttributes());
  }

  private isDue(session: RequestSession): boolean {
    const { isCommitted, isTouched } = session;
    return (
      session.isNewToClient ||
      session.hasNewCookie ||
      session.cookieReading.verified?.staleSignature === true ||
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

  private issue(session: RequestSession): string {
    const attributes = session.cookieAttributes();
    const lifetime = attributes.originalMaxAge;
    const expires = lifetime === null ? undefined : new Date(this.settings.clock() + lifetime);
    session.isNewToClient = false;
    return sessionCookie(this.settings, session.id, attributes, expires);
  }
}
