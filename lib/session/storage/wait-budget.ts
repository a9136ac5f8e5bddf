/**
 * How long a request may still wait for its store, in milliseconds. Calls that run side by side count
 * once; the time in which no call is under way is the application's own and does not count.
 */
export class WaitBudget {
  /** True once a call that it bounds has failed. */
  hasFailed = false;
  private underWay = 0;
  private since = 0;
  private waited = 0;

  constructor(private total: number) {}

  /** What is left of it now. */
  get left(): number {
    const waiting = this.underWay === 0 ? 0 : performance.now() - this.since;
    return this.total - this.waited - waiting;
  }

  /** Allows for more, where there is more to do. */
  extend(milliseconds: number): void {
    this.total += milliseconds;
  }

  /** A call begins. */
  begin(): void {
    if (this.underWay === 0) this.since = performance.now();
    this.underWay += 1;
  }

  /** A call that began is over. */
  end(): void {
    this.underWay -= 1;
    if (this.underWay === 0) this.waited += performance.now() - this.since;
  }
}
