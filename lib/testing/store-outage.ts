/** What a store that fails rejects with, unless the test gives an error. */
const FAILURE = 'The session store fails, as the test asked by store.fail().';

/** Whether the store of the sessions under test works: a test has it fail, hang and recover. */
export class StoreOutage {
  private failure: Error | undefined;
  private hanging: Promise<void> | undefined;
  private release: () => void = () => undefined;

  /**
   * From now on, every call of the store rejects, and so do those that hang.
   * @param error what they reject with
   */
  fail(error: Error = new Error(FAILURE)): void {
    this.failure = error;
    this.endHanging();
  }

  /**
   * From now on, no call of the store is answered. Sesame waits for `storeTimeout`, by real timers: give
   * the kit a short one. What hangs is carried out when the store recovers, as by a network that was down.
   */
  hang(): void {
    this.hanging ??= new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** The store works again, and what hung is carried out. */
  recover(): void {
    this.failure = undefined;
    this.endHanging();
  }

  /** Carries out a call of the store, or what befalls it instead. */
  async through<T>(call: () => Promise<T>): Promise<T> {
    while (this.hanging !== undefined) await this.hanging;
    if (this.failure !== undefined) throw this.failure;
    return call();
  }

  private endHanging(): void {
    this.hanging = undefined;
    this.release();
  }
}
