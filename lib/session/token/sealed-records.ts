import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { OpenedSeal, SessionSeal } from '../../stores/session-seal.js';
import type { SessionAttributes } from '../data/attributes.js';
import { requireCookie, SessionTooLargeError } from '../errors.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import { readCookieHeader } from './cookie-reading.js';
import type { CookieReading, VerifiedCookie } from './cookie-reading.js';
import { RememberedCookies } from './remembered-cookies.js';
import type { SessionTokens } from './session-token.js';
import { setCookie } from './set-cookie.js';

/** Browsers do not store a larger cookie, counted with its name and attributes (RFC 6265bis, 5.6). */
const MAX_COOKIE_BYTES = 4096;

/**
 * What is sealed: the cookie's name, the session's id and the record (a JSON object), separated by
 * spaces, which neither a name nor an encoded id can contain. Cookies of earlier versions lack the name.
 */
const CONTENT = /^(?:([^ {]+) )?([^ {]+) (\{.*)$/s;

/** In the worst case these take some 8 MB, with the records in them. */
const REMEMBERED = { count: 1_000, length: MAX_COOKIE_BYTES };

/**
 * Cookies that hold the sealed record itself, with the session's id and the cookie's name, so that the
 * value of one cookie is not accepted under another name.
 */
export class SealedRecords implements SessionTokens {
  readonly carryRecords = true;
  private readonly cookies: RememberedCookies;

  constructor(
    private readonly settings: SessionSettings,
    private readonly seal: SessionSeal,
  ) {
    this.cookies = new RememberedCookies(REMEMBERED, settings.clock, (value) => {
      const opened = seal.open(value);
      return opened && this.verified(opened);
    });
  }

  read(header: string | undefined): CookieReading {
    return readCookieHeader(header, this.settings.name, 1, this.cookies.read);
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

  cookieFor(session: RequestSession, attributes: CookieAttributes): string | undefined {
    const { state } = session;
    const { name, clock } = this.settings;
    if (state.is !== 'stored' || state.token === undefined) return undefined;
    return setCookie(name, state.token, attributes, clock(), asItIs);
  }

  private verified({ text, isStale }: OpenedSeal): VerifiedCookie | undefined {
    const [, name = this.settings.name, id, payload] = CONTENT.exec(text) ?? [];
    if (name !== this.settings.name || id === undefined || payload === undefined) return undefined;
    return { id: decodeURIComponent(id), payload, isStale };
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
    const { name, clock } = this.settings;
    const { verified } = session.cookie;
    const former = verified?.isStale === false ? verified.signed : undefined;
    const value = this.seal.seal(`${name} ${encodeURIComponent(id)} ${payload}`, former);
    const rest = setCookie(name, '', own, clock());
    const bytes = Buffer.byteLength(rest) + value.length;
    if (bytes > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(bytes, MAX_COOKIE_BYTES, sizesOf(attributes));
    }
    this.remember(value, former, { id, payload, signed: value });
    return value;
  }

  /** Remembers what the browser will send with its next request. The key is that of the former token. */
  private remember(
    value: string,
    former: string | undefined,
    content: Omit<VerifiedCookie, 'isStale'>,
  ): void {
    const isStale = former === undefined ? false : this.cookies.known(former)?.isStale;
    if (isStale !== undefined) this.cookies.add(value, { ...content, isStale });
  }
}

/** A token needs no encoding in a cookie. */
function asItIs(token: string): string {
  return token;
}

function sizesOf(attributes: SessionAttributes): [string, number][] {
  return Object.entries(attributes).map(([name, value]) => [
    name,
    Buffer.byteLength(JSON.stringify(value) ?? ''),
  ]);
}
