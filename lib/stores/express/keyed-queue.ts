/**
 * For how many milliseconds a task holds up those that come after it. A store that has lost its
 * connection may never call back, and the session must not be stuck for good.
 */
export const PATIENCE = 30_000;

/** Runs the tasks of one key one after the other, and those of different keys side by side. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const previous = this.tails.get(key);
    let letNextBegin = nothing;
    const tail = new Promise<void>((resolve) => {
      letNextBegin = resolve;
    });
    this.tails.set(key, tail);
    if (previous !== undefined) await previous;
    const over = (): void => {
      letNextBegin();
      if (this.tails.get(key) === tail) this.tails.delete(key);
    };
    const timer = setTimeout(over, PATIENCE).unref();
    try {
      return await task();
    } finally {
      clearTimeout(timer);
      over();
    }
  }
}

function nothing(): void {}
