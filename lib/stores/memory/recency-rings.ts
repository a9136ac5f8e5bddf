import { SlotNumbers } from './slot-numbers.js';

/** Whose sessions a ring holds; the number is the place of its head. */
export const ANONYMOUS = 0;
export const USERS = 1;
export type Ring = typeof ANONYMOUS | typeof USERS;

/** The heads stand before the slots. */
const HEADS = 2;

/** Slots in the order in which they were used last, in two rings: a slot is in one of them at most. */
export class RecencyRings {
  private readonly after = new SlotNumbers(Uint32Array);
  private readonly before = new SlotNumbers(Uint32Array);

  constructor() {
    for (const head of [ANONYMOUS, USERS]) this.link(head, head);
  }

  /** Puts a slot that is in no ring where the most recently used one is. */
  add(ring: Ring, slot: number): void {
    const node = slot + HEADS;
    this.link(this.before.get(ring), node);
    this.link(node, ring);
  }

  remove(slot: number): void {
    const node = slot + HEADS;
    this.link(this.before.get(node), this.after.get(node));
  }

  /** The slot of a ring that was not used for the longest time. */
  oldest(ring: Ring): number | undefined {
    const node = this.after.get(ring);
    return node === ring ? undefined : node - HEADS;
  }

  private link(one: number, next: number): void {
    this.after.set(one, next);
    this.before.set(next, one);
  }
}
