import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { handleOf } from '../ids.js';
import type { RequestSession } from '../state/request-session.js';
import { readCookieHeader } from './cookie-reading.js';
import type { CookieReading, VerifiedCookie } from './cookie-reading.js';
import { RememberedCookies } from './remembered-cookies.js';
import type { SessionTokens } from './session-token.js';
import { setCookie } from './set-cookie.js';
import { MIN_SIGNED_LENGTH, signedId, verifySignedId } from './signed-id.js';

/** Longer values have long ids, from a `genid` option. */
const REMEMBERED = { count: 2_000, length: 512 };

/** Cookies that hold a session's signed id, in express-session's format. */
export class SignedIds implements SessionTokens {
  readonly carryRecords = false;
  private readonly cookies: RememberedCookies;

  constructor(private readonly settings: SessionSettings) {
    this.cookies = new RememberedCookies(REMEMBERED, settings.clock, (value) => this.verify(value));
  }

  read(header: string | undefined): CookieReading {
    return readCookieHeader(header, this.settings.name, MIN_SIGNED_LENGTH, this.cookies.read);
  }

  prepare(): void {
    // The id is signed when the cookie is sent.
  }

  tokenOf(): undefined {
    return undefined;
  }

  cookieFor(session: RequestSession, attributes: CookieAttributes): string {
    const { name, secrets, clock } = this.settings;
    const { verified } = session.cookie;
    const isSame = verified?.id === session.id && !verified.isStale;
    const signed = (isSame ? verified.signed : undefined) ?? signedId(session.id, secrets);
    return setCookie(name, signed, attributes, clock());
  }

  private verify(value: string): VerifiedCookie | undefined {
    const verified = verifySignedId(value, this.settings.secrets);
    return verified && { ...verified, hash: handleOf(verified.id) };
  }
}
