import { SlotNumbers } from './slot-numbers.js';

/**
 * When each slot expires, and so which of two comes first. Of two that expire at the same time, it is
 * the one whose time was set first.
 */
export class ExpiryOrder {
  private readonly times = new SlotNumbers(Float64Array);
  private readonly turns = new SlotNumbers(Float64Array);
  private turn = 0;

  /** Heaps that have the slot are out of order from now until they are told. */
  set(slot: number, expiresAt: number): void {
    this.turn += 1;
    this.times.set(slot, expiresAt);
    this.turns.set(slot, this.turn);
  }

  /** When a slot expires, in epoch milliseconds. */
  expiryOf(slot: number): number {
    return this.times.get(slot);
  }

  /** The number of the call of `set` that was the last one of a slot. No two calls have the same. */
  turnOf(slot: number): number {
    return this.turns.get(slot);
  }

  isBefore(one: number, other: number): boolean {
    const earlier = this.times.get(one);
    const later = this.times.get(other);
    return earlier === later ? this.turns.get(one) < this.turns.get(other) : earlier < later;
  }
}
