import { StoreUnavailableError } from '../errors.js';
import { begun } from './begun.js';
import { reportable } from './store-failure.js';
import { LEAST_SHARE, STORE_TIMEOUTS_PER_REQUEST } from './wait-budget.js';
import type { WaitBudget } from './wait-budget.js';

/** A timer that fires this many milliseconds late shows that the process is busy. */
const BUSY_LATENESS = 10;

/** After how many milliseconds to look again for an answer, while the process is busy with others. */
const RECHECK = 20;

/** A call is given up after this many times its timeout at the latest, however busy the process is. */
export const MOST_TIMEOUTS = 2;

/** What the calls of one store have in common. */
export interface Callee {
  /** In milliseconds. */
  readonly timeout: number;
  /** How many calls the store has answered. */
  answers: number;
  /** True if the call that failed with this error may have been done all the same. */
  isAnswerLost(error: unknown): boolean;
  failed(error: StoreUnavailableError): void;
  /** Called when a call was given up; `answered` resolves if the store answers it after all. */
  gaveUp(operation: string, key: string | readonly string[], answered: Promise<void>): void;
}

/** One call of a store, which is given up when its time is over. The store may still answer it. */
export class BoundedCall<T> {
  readonly answer: Promise<T>;
  private isOver = false;
  private resolve: ((answer: T) => void) | undefined;
  private reject: ((error: unknown) => void) | undefined;
  private readonly left: number;
  private readonly latest: number;
  private readonly answered: Promise<void>;
  private timer: NodeJS.Timeout;
  /** When the timer should fire, and how many calls the store had answered when it was set. */
  private dueAt: number;
  private answersBefore: number;

  constructor(
    private readonly callee: Callee,
    private readonly operation: string,
    private readonly key: string | readonly string[],
    call: () => Promise<T>,
    private readonly budget: WaitBudget | undefined,
  ) {
    const { timeout, answers } = callee;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.left = budget?.left ?? Infinity;
    const limit = Math.max(Math.min(timeout, this.left), timeout * LEAST_SHARE);
    const now = performance.now();
    budget?.begin(now);
    this.dueAt = now + limit;
    this.latest = this.dueAt + (MOST_TIMEOUTS - 1) * limit;
    this.answersBefore = answers;
    this.timer = setTimeout(lookLater, limit, this);
    this.answered = begun(call).then(
      (answer) => this.succeed(answer),
      (cause: unknown) => this.fail(cause, !callee.isAnswerLost(cause)),
    );
  }

  /**
   * Gives up, unless the process was busy: then the answer may wait behind those that it is only just
   * getting to.
   */
  look(): void {
    if (this.isOver) return;
    const { callee, dueAt, answersBefore } = this;
    const now = performance.now();
    const isLoopBusy = now - dueAt > BUSY_LATENESS;
    if (!isLoopBusy || callee.answers === answersBefore || now > this.latest) return this.giveUp();
    this.dueAt = now + RECHECK;
    this.answersBefore = callee.answers;
    this.timer = setTimeout(lookLater, RECHECK, this);
  }

  private succeed(answer: T): void {
    this.callee.answers += 1;
    if (this.end()) this.resolve?.(answer);
  }

  private giveUp(): void {
    this.callee.gaveUp(this.operation, this.key, this.answered);
    this.fail(new Error(this.timeoutMessage()), false);
  }

  private fail(cause: unknown, isRejection: boolean): void {
    if (!this.end()) return;
    const { operation, key, budget, callee } = this;
    const error = new StoreUnavailableError(
      operation,
      reportable(cause, [key].flat()),
      isRejection,
    );
    if (budget !== undefined) budget.hasFailed = true;
    callee.failed(error);
    this.reject?.(error);
  }

  /** Ends the call; returns false if it was over already. */
  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    clearTimeout(this.timer);
    this.budget?.end();
    return true;
  }

  private timeoutMessage(): string {
    const { timeout } = this.callee;
    return this.left < timeout
      ? `the request has waited for its store for ${STORE_TIMEOUTS_PER_REQUEST} times storeTimeout (${timeout} ms) in all`
      : `no answer within storeTimeout (${timeout} ms)`;
  }
}

/**
 * Looks a little later. Node runs timers first: if the process was busy for long, the answer may be there.
 */
function lookLater<T>(call: BoundedCall<T>): void {
  setImmediate(look, call);
}

function look<T>(call: BoundedCall<T>): void {
  call.look();
}
