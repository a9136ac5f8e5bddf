/**
 * How many milliseconds a task may hold up the next ones. A store that has lost its connection may never
 * call back, and that must not block the session for good.
 */
export const PATIENCE = 30_000;

/** Runs the tasks of one key one after another, and those of different keys in parallel. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();

  /** @param task can ask whether the next task has begun without it, and must then write nothing */
  async run<T>(key: string, task: (isOver: () => boolean) => Promise<T>): Promise<T> {
    const previous = this.tails.get(key);
    let letNextBegin = nothing;
    const tail = new Promise<void>((resolve) => {
      letNextBegin = resolve;
    });
    this.tails.set(key, tail);
    if (previous !== undefined) await previous;
    let isOver = false;
    const over = (): void => {
      isOver = true;
      letNextBegin();
      if (this.tails.get(key) === tail) this.tails.delete(key);
    };
    const timer = setTimeout(over, PATIENCE).unref();
    try {
      return await task(() => isOver);
    } finally {
      clearTimeout(timer);
      over();
    }
  }
}

function nothing(): void {}
