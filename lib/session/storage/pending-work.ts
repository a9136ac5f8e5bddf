/** Work that was begun since the last look at it. */
interface Batch {
  underWay: number;
  isOver?: () => void;
}

/** The work under way, including what no request waits for. The store is closed after it. */
export class PendingWork {
  private batch: Batch = { underWay: 0 };
  private earlier: Promise<unknown> = Promise.resolve();

  /** Keeps track of a piece of work until it has succeeded or failed. */
  add<T>(work: Promise<T>): Promise<T> {
    const { batch } = this;
    batch.underWay += 1;
    const over = (): void => {
      batch.underWay -= 1;
      if (batch.underWay === 0) batch.isOver?.();
    };
    work.then(over, over);
    return work;
  }

  /** Resolves when all work that is under way now has succeeded or failed. */
  async settled(): Promise<void> {
    const { batch, earlier } = this;
    if (batch.underWay > 0) {
      this.batch = { underWay: 0 };
      const over = new Promise<void>((resolve) => {
        batch.isOver = resolve;
      });
      this.earlier = Promise.all([earlier, over]);
    }
    await this.earlier;
  }
}
