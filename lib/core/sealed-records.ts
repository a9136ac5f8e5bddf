import type { OpenedSeal, SessionSeal } from '../stores/session-seal.js';
import { candidates } from './cookie-header.js';
import { KeyRenewal } from './key-renewal.js';
import type { RequestSession } from './request-session.js';
import { setCookie, unverified } from './session-cookie.js';
import type { CookieReading, VerifiedCookie } from './session-cookie.js';
import { SessionTooLargeError } from './session-errors.js';
import type { CookieAttributes } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionTokens } from './session-tokens.js';

/** A cookie that is larger, with its name and attributes, is not stored (RFC 6265bis, 5.6). */
const MAX_COOKIE_BYTES = 4096;

/**
 * What is sealed: the cookie's name, the session's id and the record, with a space in between, which
 * neither a name nor an encoded id can hold; a record is a JSON object. Cookies of earlier versions
 * lack the name.
 */
const CONTENT = /^(?:([^ {]+) )?([^ {]+) (\{.*)$/s;

/**
 * Cookies that hold the record itself, sealed, with the session's id in it and the cookie's name: a
 * browser must not bring a session of one name under another.
 */
export class SealedRecords implements SessionTokens {
  readonly carryRecords = true;

  private readonly renewal: KeyRenewal;

  constructor(
    private readonly settings: SessionSettings,
    private readonly seal: SessionSeal,
  ) {
    this.renewal = new KeyRenewal(settings.clock);
  }

  async read(header: string | undefined): Promise<CookieReading> {
    const { name } = this.settings;
    for (const value of candidates(header, name, 1)) {
      const opened = await this.seal.open(value);
      const verified = opened && this.verified(opened, value);
      if (verified !== undefined) return { present: true, verified };
    }
    return unverified(header, name);
  }

  prepare(session: RequestSession): Promise<void> | undefined {
    const { stored } = session;
    if (!session.isStored || stored === undefined || this.isWithBrowser(session)) return undefined;
    return session.sealed?.payload === stored ? undefined : this.make(session, stored);
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

  private verified({ text, isStale }: OpenedSeal, signed: string): VerifiedCookie | undefined {
    const [, name = this.settings.name, id, payload] = CONTENT.exec(text) ?? [];
    if (name !== this.settings.name || id === undefined || payload === undefined) return undefined;
    const staleSignature = isStale && this.renewal.isDue;
    return { id: decodeURIComponent(id), payload, staleSignature, signed };
  }

  /** True when the cookie that came with the request says just what is stored now. */
  private isWithBrowser({ cookieReading: { verified }, stored, id }: RequestSession): boolean {
    if (verified === undefined || verified.staleSignature) return false;
    return verified.payload === stored && verified.id === id;
  }

  private async make(session: RequestSession, payload: string): Promise<void> {
    const { name } = this.settings;
    const { verified } = session.cookieReading;
    const former = verified?.staleSignature === false ? verified.signed : undefined;
    const content = `${name} ${encodeURIComponent(session.id)} ${payload}`;
    const value = await this.seal.seal(content, former);
    const attributes = session.cookieAttributes();
    const expires = attributes.originalMaxAge === null ? undefined : new Date(0); // all are of one length
    const cookie = setCookie(name, value, attributes, expires);
    const bytes = Buffer.byteLength(cookie);
    if (bytes > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(bytes, MAX_COOKIE_BYTES, sizesOf(session));
    }
    session.sealed = { payload, value };
    session.isCookieOutdated = true;
  }
}

function sizesOf(session: RequestSession): [string, number][] {
  return Object.entries(session.attributes()).map(([name, value]) => [
    name,
    Buffer.byteLength(JSON.stringify(value) ?? ''),
  ]);
}
