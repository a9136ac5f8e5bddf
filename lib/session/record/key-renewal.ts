/** How long a process keeps what an older secret signed or an older key sealed, in milliseconds. */
const DELAY = 3_600_000;

/**
 * Says when something that an older secret signed, or an older key sealed, is to be renewed with the
 * first one: not within the first hour of a process. During that hour a deployment may still be replacing
 * other instances, which do not know the first one and would reject what it made. Waiting is always safe,
 * since every instance that has the first one has the older one too.
 */
export class KeyRenewal {
  private readonly from: number;

  /** @param clock epoch milliseconds */
  constructor(private readonly clock: () => number) {
    this.from = clock() + DELAY;
  }

  get isDue(): boolean {
    return this.clock() >= this.from;
  }
}
