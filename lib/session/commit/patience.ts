import type { WaitBudget } from '../storage/wait-budget.js';

/** The time for which a request waits: for its turn to write to its session, and for a write that it shares. */
export class Patience {
  private timer: NodeJS.Timeout | undefined;

  /** @param giveUp called when the budget is used up */
  constructor(
    private readonly budget: WaitBudget,
    private readonly giveUp: () => void,
  ) {
    budget.begin();
    this.runOutIn(budget.left);
  }

  /** Makes it last for at least this many milliseconds from now. */
  extendTo(least: number): void {
    if (this.timer === undefined || this.budget.left >= least) return;
    clearTimeout(this.timer);
    this.runOutIn(least);
  }

  end(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.budget.end();
  }

  private runOutIn(time: number): void {
    const runOut = (): void => {
      if (this.timer !== timer) return; // it has ended, or was extended, meanwhile
      this.end();
      this.giveUp();
    };
    // Node runs timers first: if the process was busy for so long, the turn may come at once.
    const timer = setTimeout(() => setImmediate(runOut), time);
    this.timer = timer;
  }
}
