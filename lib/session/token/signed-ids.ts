import { LRUCache } from 'lru-cache';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { handleOf } from '../ids.js';
import { KeyRenewal } from '../record/key-renewal.js';
import type { RequestSession } from '../state/request-session.js';
import { readCookieHeader } from './cookie-reading.js';
import type { CookieReading, VerifiedCookie } from './cookie-reading.js';
import type { SessionTokens } from './session-token.js';
import { setCookie } from './set-cookie.js';
import { MIN_SIGNED_LENGTH, signedId, verifySignedId } from './signed-id.js';

/** How many cookies to remember as verified: a browser sends the same one again and again. */
const REMEMBERED = 2_000;
/** Longer values, with long ids from a `genid` option, are verified every time. */
const MAX_REMEMBERED_LENGTH = 512;

/** Cookies that hold a session's signed id, in express-session's format. */
export class SignedIds implements SessionTokens {
  readonly carryRecords = false;
  private readonly remembered = new LRUCache<string, VerifiedCookie>({ max: REMEMBERED });
  private readonly renewal: KeyRenewal;

  constructor(private readonly settings: SessionSettings) {
    this.renewal = new KeyRenewal(settings.clock);
  }

  read(header: string | undefined): CookieReading {
    return readCookieHeader(header, this.settings.name, MIN_SIGNED_LENGTH, this.verify);
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

  private readonly verify = (value: string): VerifiedCookie | undefined => {
    const verified = this.remembered.peek(value) ?? this.verifyAnew(value);
    if (verified?.isStale !== true || this.renewal.isDue) return verified;
    return { ...verified, isStale: false };
  };

  private verifyAnew(value: string): VerifiedCookie | undefined {
    const verified = verifySignedId(value, this.settings.secrets);
    if (verified === undefined) return undefined;
    const remembered = {
      ...verified,
      id: ownCopy(verified.id),
      hash: handleOf(verified.id),
      signed: verified.signed && ownCopy(verified.signed),
    };
    if (value.length <= MAX_REMEMBERED_LENGTH) this.remembered.set(ownCopy(value), remembered);
    return remembered;
  }
}

/** A copy of the text: a slice of a header would keep the whole header in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
