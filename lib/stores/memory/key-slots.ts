import { ownText } from './own-text.js';

/**
 * Gives each key a slot, a small whole number, so that the data of a key can be kept in plain arrays: an
 * object per key would take as much memory as a small session.
 */
export class KeySlots {
  private readonly slots = new Map<string, number>();
  private readonly keys: string[] = [];
  private readonly free: number[] = [];

  /** How many keys have a slot. */
  get size(): number {
    return this.slots.size;
  }

  /** All keys that have a slot, with it. */
  entries(): Iterable<readonly [key: string, slot: number]> {
    return this.slots.entries();
  }

  slotOf(key: string): number | undefined {
    return this.slots.get(key);
  }

  keyOf(slot: number): string {
    return this.keys[slot] ?? '';
  }

  /** Assigns a slot to a key that has none. */
  take(given: string): number {
    const key = ownText(given);
    const slot = this.free.pop() ?? this.keys.length;
    this.slots.set(key, slot);
    this.keys[slot] = key;
    return slot;
  }

  release(slot: number): void {
    this.slots.delete(this.keyOf(slot));
    this.keys[slot] = '';
    this.free.push(slot);
  }
}
