/** How many `storeTimeout`s a request waits in total, however many calls it makes. */
export const STORE_TIMEOUTS_PER_REQUEST = 2;

/**
 * The share of `storeTimeout` that every call gets, even if its request has used up its wait: a store
 * that answers at once must not fail a request because the process was busy.
 */
export const LEAST_SHARE = 0.1;

/** How many sessions of a user that allows for; each thousand more get one more `storeTimeout`. */
const SESSIONS_PER_TIMEOUT = 1_000;

interface BudgetSettings {
  /** In milliseconds. */
  readonly storeTimeout: number;
}

/**
 * How long a request may still wait for its store, in milliseconds. Calls that run at the same time
 * count once. Time without a call under way is the application's, and does not count.
 */
export class WaitBudget {
  /** True once a call of this request has failed. */
  hasFailed = false;
  private underWay = 0;
  private since = 0;
  private waited = 0;

  constructor(private total: number) {}

  /** Returns the budget of a request, which may have to go through many sessions. */
  static of(settings: BudgetSettings, sessions = 0): WaitBudget {
    const budget = new WaitBudget(STORE_TIMEOUTS_PER_REQUEST * settings.storeTimeout);
    budget.extendFor(settings, sessions);
    return budget;
  }

  get left(): number {
    const waiting = this.underWay === 0 ? 0 : performance.now() - this.since;
    return this.total - this.waited - waiting;
  }

  /** Adds time if there are many sessions to go through. */
  extendFor({ storeTimeout }: BudgetSettings, sessions: number): void {
    this.total += Math.floor(sessions / SESSIONS_PER_TIMEOUT) * storeTimeout;
  }

  /** Called when a call begins. */
  begin(now = performance.now()): void {
    if (this.underWay === 0) this.since = now;
    this.underWay += 1;
  }

  /** Called when a call is over. */
  end(): void {
    this.underWay -= 1;
    if (this.underWay === 0) this.waited += performance.now() - this.since;
  }
}
