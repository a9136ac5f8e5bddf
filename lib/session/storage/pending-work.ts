/** What is being done at this moment, also what no request waits for: a store is closed after it. */
export class PendingWork {
  private readonly all = new Set<Promise<unknown>>();

  /** Takes note of it until it is done, or has failed. */
  add<T>(work: Promise<T>): Promise<T> {
    this.all.add(work);
    const over = (): boolean => this.all.delete(work);
    work.then(over, over);
    return work;
  }

  /** Resolves when nothing is left of what is being done now. */
  async over(): Promise<void> {
    await Promise.allSettled(this.all);
  }
}
