/** The work under way, including what no request waits for. The store is closed after it. */
export class PendingWork {
  private readonly all = new Set<Promise<unknown>>();

  /** Keeps track of a piece of work until it has succeeded or failed. */
  add<T>(work: Promise<T>): Promise<T> {
    this.all.add(work);
    const forget = (): boolean => this.all.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when all work that is under way now has succeeded or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.all);
  }
}
