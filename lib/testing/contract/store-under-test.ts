import type { SessionStore } from '../../stores/session-store.js';

/** The clock by which a store under test decides what has expired, such as a `TestClock`. */
export interface StoreClock {
  /** Returns the time, in epoch milliseconds. */
  now(): number;
  /** Moves the clock on by this many milliseconds. */
  advance(milliseconds: number): void;
}

/** A store under test, empty and with room for a few hundred sessions. */
export interface StoreUnderTest {
  /** The store. */
  readonly store: SessionStore;
  /** If it is left out, the store goes by real time, and so do the cases about expiry. */
  readonly clock?: StoreClock;
  /** Attributes that the store itself adds to a record, and that mean nothing to a session. */
  readonly added?: readonly string[];
  /** Called when a case is over, whether or not it held. */
  close?(): Promise<unknown> | void;
}
