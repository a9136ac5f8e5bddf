/** How long a kind of failure is not said again, in milliseconds. */
const INTERVAL = 10_000;

/**
 * What to log of an outage, which fails every request: each kind of failure at once, and then every
 * ten seconds at most, with how often it came meanwhile.
 */
export class OutageReports {
  private readonly kinds = new Map<string, { readonly saidAt: number; unsaid: number }>();

  /** @param now milliseconds, from any moment on */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The line, where it is time for one of its kind; `undefined` while it is not. */
  due(kind: string, line: string): string | undefined {
    const now = this.now();
    const known = this.kinds.get(kind);
    if (known !== undefined && now - known.saidAt < INTERVAL) {
      known.unsaid += 1;
      return undefined;
    }
    this.kinds.set(kind, { saidAt: now, unsaid: 0 });
    const unsaid = known?.unsaid ?? 0;
    return unsaid === 0 ? line : `${line} (${unsaid} more like it since this was last said.)`;
  }
}
