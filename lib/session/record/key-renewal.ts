/** How long a process leaves to an older secret or key what that one signed or sealed. */
const DELAY = 3_600_000;

/**
 * When what an older secret signed, or an older key sealed, is due to be renewed by the first one: not
 * within the first hour of a process. That is when a deployment may still be replacing the instances
 * beside it, which do not know the first one, and would take its work for nobody's. To wait is never
 * wrong, since every instance that has the first one has the older one, too.
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
