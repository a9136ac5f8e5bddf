import type { RequestSession } from './request-session.js';
import { readSessionCookie, sessionCookie } from './session-cookie.js';
import type { CookieReading } from './session-cookie.js';
import type { CookieAttributes } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionTokens } from './session-tokens.js';

/** Cookies that hold a session's signed id, in express-session's format. */
export class SignedIds implements SessionTokens {
  readonly carryRecords = false;

  constructor(private readonly settings: SessionSettings) {}

  read(header: string | undefined): CookieReading {
    return readSessionCookie(header, this.settings);
  }

  prepare(): undefined {
    return undefined;
  }

  cookieFor(
    session: RequestSession,
    attributes: CookieAttributes,
    expires: Date | undefined,
  ): string {
    return sessionCookie(this.settings, session.id, attributes, expires);
  }
}
