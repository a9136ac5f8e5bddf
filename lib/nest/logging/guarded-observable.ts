import { Observable, Subscriber } from 'rxjs';
import type { Observer, Operator, Subscription, TeardownLogic } from 'rxjs';

type Report = (error: unknown) => void;

type Next<T> = ((value: T) => unknown) | null;

/**
 * An observable that reports what its subscribers throw. RxJS itself would throw the error where nobody can
 * catch it, which ends the process. Observables that operators derive from it are guarded too.
 */
export class GuardedObservable<T> extends Observable<T> {
  constructor(
    private readonly report: Report,
    subscribe?: (subscriber: Subscriber<T>) => TeardownLogic,
  ) {
    super(subscribe);
  }

  override subscribe(
    observer?: Partial<Observer<T>> | Next<T>,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observer instanceof Subscriber) return super.subscribe(observer); // of an operator
    const own = typeof observer === 'object' ? observer : { next: observer, error, complete };
    return super.subscribe({
      next: (value) => this.guard(() => own?.next?.(value)),
      error: (failure: unknown) =>
        own?.error ? this.guard(() => own.error?.(failure)) : this.report(failure),
      complete: () => this.guard(() => own?.complete?.()),
    });
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new GuardedObservable<R>(this.report);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  private guard(call: () => unknown): void {
    try {
      const returned = call();
      if (returned instanceof Promise) returned.catch(this.report);
    } catch (error) {
      this.report(error);
    }
  }
}
