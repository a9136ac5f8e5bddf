/** For how many `storeTimeout`s a request waits in all, however many calls it makes. */
export const STORE_TIMEOUTS_PER_REQUEST = 2;

/** For how many sessions of a user that time is meant; more sessions get more time. */
const SESSIONS_PER_TIMEOUT = 1_000;

interface BudgetSettings {
  /** In milliseconds. */
  readonly storeTimeout: number;
}

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

  /** That of a request, which may have many sessions to go through. */
  static of(settings: BudgetSettings, sessions = 0): WaitBudget {
    const budget = new WaitBudget(STORE_TIMEOUTS_PER_REQUEST * settings.storeTimeout);
    budget.extendFor(settings, sessions);
    return budget;
  }

  /** What is left of it now. */
  get left(): number {
    const waiting = this.underWay === 0 ? 0 : performance.now() - this.since;
    return this.total - this.waited - waiting;
  }

  /** Allows for more time, where there are many sessions to go through. */
  extendFor({ storeTimeout }: BudgetSettings, sessions: number): void {
    this.total += Math.floor(sessions / SESSIONS_PER_TIMEOUT) * storeTimeout;
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
