import type { SessionSeal } from '../stores/session-seal.js';
import type { RequestSession } from './request-session.js';
import type { SessionAttributes } from './session-attributes.js';
import { ABSENT, cookieValues, setCookie } from './session-cookie.js';
import type { CookieReading } from './session-cookie.js';
import { SessionTooLargeError } from './session-errors.js';
import type { CookieAttributes } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { SealedToken, SessionTokens } from './session-tokens.js';
import type { Draft } from './session-writer.js';

/** A cookie that is larger, with its name and attributes, is not stored (RFC 6265bis, 5.6). */
const MAX_COOKIE_BYTES = 4096;

/** Stands between the id and the record; neither JSON nor an encoded id begins or ends with it. */
const SEPARATOR = ' ';

/** Cookies that hold the record itself, sealed, with the session's id in it. */
export class SealedRecords implements SessionTokens {
  readonly carryRecords = true;

  constructor(
    private readonly settings: SessionSettings,
    private readonly seal: SessionSeal,
  ) {}

  read(header: string | undefined): CookieReading {
    let present = false;
    for (const value of cookieValues(header, this.settings.name)) {
      present = true;
      if (value.length > MAX_COOKIE_BYTES) continue;
      const opened = this.seal.open(value);
      if (opened === undefined) continue;
      const separator = opened.text.indexOf(SEPARATOR);
      const id = decodeURIComponent(opened.text.slice(0, separator));
      const payload = opened.text.slice(separator + 1);
      return { present, verified: { id, payload, staleSignature: opened.isStale } };
    }
    return present ? { present } : ABSENT;
  }

  prepare(session: RequestSession): void {
    const { stored } = session;
    if (!session.isStored || stored === undefined || this.isWithBrowser(session)) return;
    if (session.sealed?.payload === stored) return;
    const { id } = session;
    session.carry(this.make(id, stored, session.cookieAttributes(), session.attributes()));
  }

  tokenOf(session: RequestSession, id: string, { payload, record }: Draft): SealedToken {
    const cookie = session.configuredCookie(record.metadata.cookie);
    return this.make(id, payload, cookie, record.attributes);
  }

  cookieFor(
    session: RequestSession,
    attributes: CookieAttributes,
    expires: Date | undefined,
  ): string | undefined {
    const { sealed, stored } = session;
    if (sealed === undefined || sealed.payload !== stored) return undefined;
    return setCookie(this.settings.name, sealed.value, attributes, expires);
  }

  /** True when the cookie that came with the request says just what is stored now. */
  private isWithBrowser({ cookieReading: { verified }, stored, id }: RequestSession): boolean {
    if (verified === undefined || verified.staleSignature) return false;
    return verified.payload === stored && verified.id === id;
  }

  private make(
    id: string,
    payload: string,
    cookie: CookieAttributes,
    attributes: SessionAttributes,
  ): SealedToken {
    const value = this.seal.seal(encodeURIComponent(id) + SEPARATOR + payload);
    const expires = cookie.originalMaxAge === null ? undefined : new Date(0); // all are of one length
    const bytes = Buffer.byteLength(setCookie(this.settings.name, value, cookie, expires));
    if (bytes > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(bytes, MAX_COOKIE_BYTES, sizesOf(attributes));
    }
    return { payload, value };
  }
}

function sizesOf(attributes: SessionAttributes): [string, number][] {
  return Object.entries(attributes).map(([name, value]) => [
    name,
    Buffer.byteLength(JSON.stringify(value) ?? ''),
  ]);
}
