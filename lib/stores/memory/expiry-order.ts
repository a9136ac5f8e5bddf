import { SlotNumbers } from './slot-numbers.js';

/**
 * When each slot expires, and which of two expires first. If both expire at the same time, it is the
 * one whose time was set first.
 */
export class ExpiryOrder {
  private readonly times = new SlotNumbers(Float64Array);
  private readonly turns = new SlotNumbers(Float64Array);
  private turn = 0;

  /** Sets when a slot expires. A heap that has the slot must be reordered after this. */
  set(slot: number, expiresAt: number): void {
    this.turn += 1;
    this.times.set(slot, expiresAt);
    this.turns.set(slot, this.turn);
  }

  /** When a slot expires, in epoch milliseconds. */
  expiryOf(slot: number): number {
    return this.times.get(slot);
  }

  /** The number of the last call of `set` for a slot. Each call has its own. */
  turnOf(slot: number): number {
    return this.turns.get(slot);
  }

  isBefore(one: number, other: number): boolean {
    const earlier = this.times.get(one);
    const later = this.times.get(other);
    return earlier === later ? this.turns.get(one) < this.turns.get(other) : earlier < later;
  }
}
