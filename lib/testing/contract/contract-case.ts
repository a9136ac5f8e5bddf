import type { StoreSubject } from './store-subject.js';

/** One of the promises that a store makes, to be run by any test runner. */
export interface ContractCase {
  /** What is promised: the name of a test. */
  readonly name: string;
  /** Tries it on a store of its own. Rejects with an `AssertionError` if the store breaks it. */
  run(): Promise<void>;
}

/** A promise, and how it is tried on a store that was made for it. */
export type Promised = readonly [name: string, run: (subject: StoreSubject) => Promise<void>];
