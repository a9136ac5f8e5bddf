/** Whether the store of the sessions under test works: a test makes it fail, hang and recover. */
export interface TestStore {
  /**
   * From now on, every call of the store rejects, and so do those that hang.
   * @param error what they reject with; by default, an error that says so
   */
  fail(error?: Error): void;

  /**
   * From now on, no call of the store is answered. Sesame waits for `storeTimeout`, by one of Node's timers:
   * give the kit a short one.
   */
  hang(): void;

  /** The store works again. What hung is carried out, as after an outage of the network. */
  recover(): void;
}

/** What a store that fails rejects with, unless the test gives an error. */
const FAILURE = 'The session store fails, as the test asked by store.fail().';

/** Stands before a store, and lets its calls through unless the test wants otherwise. */
export class StoreOutage implements TestStore {
  private failure: Error | undefined;
  private hanging: Promise<void> | undefined;
  private release: () => void = () => undefined;

  fail(error: Error = new Error(FAILURE)): void {
    this.failure = error;
    this.endHanging();
  }

  hang(): void {
    this.hanging ??= new Promise((resolve) => {
      this.release = resolve;
    });
  }

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
