import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { OpenedSeal, SessionSeal } from '../../stores/session-seal.js';
import type { SessionAttributes } from '../data/attributes.js';
import { requireCookie, SessionTooLargeError } from '../errors.js';
import { KeyRenewal } from '../record/key-renewal.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import { readCookieHeader } from './cookie-reading.js';
import type { CookieReading, VerifiedCookie } from './cookie-reading.js';
import type { SessionTokens } from './session-token.js';
import { setCookie } from './set-cookie.js';

/** Browsers do not store a larger cookie, counted with its name and attributes (RFC 6265bis, 5.6). */
const MAX_COOKIE_BYTES = 4096;

/**
 * What is sealed: the cookie's name, the session's id and the record (a JSON object), separated by
 * spaces, which neither a name nor an encoded id can contain. Cookies of earlier versions lack the name.
 */
const CONTENT = /^(?:([^ {]+) )?([^ {]+) (\{.*)$/s;

/**
 * Cookies that hold the sealed record itself, with the session's id and the cookie's name, so that the
 * value of one cookie is not accepted under another name.
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
    return readCookieHeader(header, this.settings.name, 1, (value) => {
      const opened = this.seal.open(value);
      return opened && this.verified(opened, value);
    });
  }

  prepare(session: RequestSession): void {
    const { state, view } = session;
    if (state.is !== 'stored' || state.token !== undefined) return;
    const { payload } = state.stored;
    if (this.isWithBrowser(session, payload)) return;
    requireCookie(session.edge);
    const cookie = view.cookieAttributes();
    session.carry(this.make(session, session.id, payload, cookie, view.attributes()));
  }

  tokenOf(session: RequestSession, id: string, { payload, record }: RecordDraft): string {
    const cookie = session.view.configuredCookie(record.metadata.cookie);
    return this.make(session, id, payload, cookie, record.attributes);
  }

  cookieFor(
    session: RequestSession,
    attributes: CookieAttributes,
    expires: Date | undefined,
  ): string | undefined {
    const { state } = session;
    if (state.is !== 'stored' || state.token === undefined) return undefined;
    return setCookie(this.settings.name, state.token, attributes, expires);
  }

  private verified({ text, isStale }: OpenedSeal, signed: string): VerifiedCookie | undefined {
    const [, name = this.settings.name, id, payload] = CONTENT.exec(text) ?? [];
    if (name !== this.settings.name || id === undefined || payload === undefined) return undefined;
    return { id: decodeURIComponent(id), payload, isStale: isStale && this.renewal.isDue, signed };
  }

  /** True if the cookie that came with the request holds exactly what is stored now. */
  private isWithBrowser({ cookie: { verified }, id }: RequestSession, payload: string): boolean {
    if (verified === undefined || verified.isStale) return false;
    return verified.payload === payload && verified.id === id;
  }

  private make(
    session: RequestSession,
    id: string,
    payload: string,
    own: CookieAttributes,
    attributes: SessionAttributes,
  ): string {
    const { name } = this.settings;
    const { verified } = session.cookie;
    const former = verified?.isStale === false ? verified.signed : undefined;
    const value = this.seal.seal(`${name} ${encodeURIComponent(id)} ${payload}`, former);
    const expires = own.originalMaxAge === null ? undefined : new Date(0); // all dates have the same length
    const bytes = Buffer.byteLength(setCookie(name, value, own, expires));
    if (bytes > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(bytes, MAX_COOKIE_BYTES, sizesOf(attributes));
    }
    return value;
  }
}

function sizesOf(attributes: SessionAttributes): [string, number][] {
  return Object.entries(attributes).map(([name, value]) => [
    name,
    Buffer.byteLength(JSON.stringify(value) ?? ''),
  ]);
}
