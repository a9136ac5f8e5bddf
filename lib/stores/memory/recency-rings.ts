import { SlotNumbers } from './slot-numbers.js';

/** Whose sessions a ring holds; the number is the place of its head. */
export const ANONYMOUS = 0;
export const USERS = 1;
export type Ring = typeof ANONYMOUS | typeof USERS;

/** The nodes of the heads come before those of the slots. */
const HEADS = 2;

/** Slots in the order of their last use, in two rings. A slot is in one of them at most. */
export class RecencyRings {
  private readonly after = new SlotNumbers(Uint32Array);
  private readonly before = new SlotNumbers(Uint32Array);

  constructor() {
    for (const head of [ANONYMOUS, USERS]) this.link(head, head);
  }

  /** Adds a slot that is in neither ring, as the most recently used one. */
  add(ring: Ring, slot: number): void {
    const node = slot + HEADS;
    this.link(this.before.get(ring), node);
    this.link(node, ring);
  }

  remove(slot: number): void {
    const node = slot + HEADS;
    this.link(this.before.get(node), this.after.get(node));
  }

  /** The least recently used slot of a ring. */
  oldest(ring: Ring): number | undefined {
    const node = this.after.get(ring);
    return node === ring ? undefined : node - HEADS;
  }

  private link(one: number, next: number): void {
    this.after.set(one, next);
    this.before.set(next, one);
  }
}
