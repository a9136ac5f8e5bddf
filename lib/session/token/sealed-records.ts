import type { OpenedSeal, SessionSeal } from '../../stores/session-seal.js';
import { candidates } from './cookie-header.js';
import { KeyRenewal } from '../key-renewal.js';
import type { RequestSession } from '../request-session.js';
import type { SessionAttributes } from '../attributes.js';
import { setCookie, unverified } from './session-cookie.js';
import type { CookieReading, VerifiedCookie } from './session-cookie.js';
import { SessionTooLargeError } from '../errors.js';
import type { CookieAttributes } from '../record/session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { SealedToken } from './sealed-token.js';
import type { SessionTokens } from './session-tokens.js';
import type { Draft } from '../record-draft.js';

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

  read(header: string | undefined): CookieReading {
    const { name } = this.settings;
    for (const value of candidates(header, name, 1)) {
      const opened = this.seal.open(value);
      const verified = opened && this.verified(opened, value);
      if (verified !== undefined) return { present: true, verified };
    }
    return unverified(header, name);
  }

  prepare(session: RequestSession): void {
    const { stored } = session;
    if (!session.isStored || stored === undefined || this.isWithBrowser(session)) return;
    if (session.sealed?.payload === stored) return;
    const { id } = session;
    session.carry(this.make(session, id, stored, session.cookieAttributes(), session.attributes()));
  }

  tokenOf(session: RequestSession, id: string, { payload, record }: Draft): SealedToken {
    const cookie = session.configuredCookie(record.metadata.cookie);
    return this.make(session, id, payload, cookie, record.attributes);
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

  private make(
    session: RequestSession,
    id: string,
    payload: string,
    own: CookieAttributes,
    attributes: SessionAttributes,
  ): SealedToken {
    const { name } = this.settings;
    const { verified } = session.cookieReading;
    const former = verified?.staleSignature === false ? verified.signed : undefined;
    const value = this.seal.seal(`${name} ${encodeURIComponent(id)} ${payload}`, former);
    const expires = own.originalMaxAge === null ? undefined : new Date(0); // all are of one length
    const bytes = Buffer.byteLength(setCookie(name, value, own, expires));
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
