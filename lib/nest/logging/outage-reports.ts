/** For how long a kind of failure is not logged again, in milliseconds. */
const INTERVAL = 10_000;

/** How many kinds are told apart. There is a limit because clients may choose their names. */
const MAX_KINDS = 100;

/**
 * Decides what to log during an outage, when every request fails: each kind of failure at once, and after
 * that at most every ten seconds, with how often it has occurred since. Beyond a hundred kinds, all others
 * count as one.
 */
export class OutageReports {
  private readonly kinds = new Map<string, { readonly loggedAt: number; suppressed: number }>();

  /** @param now milliseconds since any fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Returns the line to log; `undefined` if one of its kind was logged a moment ago. */
  lineToLog(named: string, line: string): string | undefined {
    const kind = this.kinds.has(named) || this.kinds.size < MAX_KINDS ? named : '';
    const now = this.now();
    const known = this.kinds.get(kind);
    if (known !== undefined && now - known.loggedAt < INTERVAL) {
      known.suppressed += 1;
      return undefined;
    }
    this.kinds.set(kind, { loggedAt: now, suppressed: 0 });
    const suppressed = known?.suppressed ?? 0;
    return suppressed === 0 ? line : `${line} (${suppressed} more since this was last logged.)`;
  }
}
