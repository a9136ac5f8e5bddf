import { LRUCache } from 'lru-cache';
import { KeyRenewal } from '../record/key-renewal.js';
import type { VerifiedCookie } from './cookie-reading.js';

/** How many to remember, and how long a value may be; longer ones are verified every time. */
interface Limits {
  readonly count: number;
  readonly length: number;
}

/** Cookies that were verified already: a browser sends the same one again and again. */
export class RememberedCookies {
  private readonly remembered: LRUCache<string, VerifiedCookie>;
  private readonly renewal: KeyRenewal;

  /** @param verify says what is in the value of a cookie; `undefined` for one that is not Sesame's */
  constructor(
    private readonly limits: Limits,
    clock: () => number,
    private readonly verify: (value: string) => VerifiedCookie | undefined,
  ) {
    this.remembered = new LRUCache({ max: limits.count });
    this.renewal = new KeyRenewal(clock);
  }

  /** Returns what is in the value of a cookie; stale only once it is time to renew it. */
  readonly read = (value: string): VerifiedCookie | undefined => {
    const verified = this.known(value) ?? this.verifyAnew(value);
    if (verified?.isStale !== true || this.renewal.isDue) return verified;
    return { ...verified, isStale: false };
  };

  /** Returns what is in a value that was seen lately, stale or not. */
  known(value: string): VerifiedCookie | undefined {
    return this.remembered.peek(value);
  }

  /** Remembers what is in a value, which was verified or made just now. */
  add(value: string, verified: VerifiedCookie): void {
    if (value.length <= this.limits.length) this.remembered.set(value, verified);
  }

  private verifyAnew(given: string): VerifiedCookie | undefined {
    const verified = this.verify(given);
    if (verified === undefined) return undefined;
    const value = ownCopy(given);
    // A sealed value is as it came, and is kept once.
    const signed = verified.signed === undefined ? value : ownCopy(verified.signed);
    const kept = { ...verified, id: ownCopy(verified.id), signed };
    this.add(value, kept);
    return kept;
  }
}

/** Copies a text: a slice of a header would keep the whole header in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
