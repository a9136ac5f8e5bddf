import type { ExpiryOrder } from './expiry-order.js';
import { SlotNumbers } from './slot-numbers.js';

/** Slots as a binary heap: the one that expires first is on top, at 0. */
export type ExpiryHeap = number[];

/** Keeps heaps of slots in order. A slot is in one of them at most. */
export class ExpiryHeaps {
  private readonly places = new SlotNumbers(Uint32Array);

  constructor(private readonly order: ExpiryOrder) {}

  /** A heap of one slot, without spare capacity: most users have one session. */
  begin(slot: number): ExpiryHeap {
    this.places.set(slot, 0);
    return [slot];
  }

  add(heap: ExpiryHeap, slot: number): void {
    this.settle(heap, slot, heap.push(slot) - 1);
  }

  /** Moves a slot to where it belongs, after its expiry has changed. */
  reorder(heap: ExpiryHeap, slot: number): void {
    this.settle(heap, slot, this.places.get(slot));
  }

  remove(heap: ExpiryHeap, slot: number): void {
    const last = heap.pop();
    if (last !== undefined && last !== slot) this.settle(heap, last, this.places.get(slot));
  }

  /** The slot on top of a heap, if it has expired. */
  firstExpired(heap: ExpiryHeap, now: number): number | undefined {
    const first = heap[0];
    return first !== undefined && this.order.expiryOf(first) <= now ? first : undefined;
  }

  /** The slots of a heap, ordered by expiry, the earliest first. */
  inOrder(heap: ExpiryHeap): number[] {
    return heap.toSorted((one, other) => (this.order.isBefore(one, other) ? -1 : 1));
  }

  /** Puts a slot where it belongs, starting at a free place. */
  private settle(heap: ExpiryHeap, slot: number, free: number): void {
    let place = free;
    for (;;) {
      const above = (place - 1) >> 1;
      const parent = place === 0 ? undefined : heap[above];
      if (parent === undefined || !this.order.isBefore(slot, parent)) break;
      this.put(heap, parent, place);
      place = above;
    }
    for (;;) {
      const below = this.firstBelow(heap, place);
      const child = heap[below];
      if (child === undefined || !this.order.isBefore(child, slot)) break;
      this.put(heap, child, place);
      place = below;
    }
    this.put(heap, slot, place);
  }

  /** Returns whichever of the two places below has the slot that expires first. */
  private firstBelow(heap: ExpiryHeap, place: number): number {
    const left = 2 * place + 1;
    const one = heap[left];
    const other = heap[left + 1];
    const isRight = one !== undefined && other !== undefined && this.order.isBefore(other, one);
    return isRight ? left + 1 : left;
  }

  private put(heap: ExpiryHeap, slot: number, place: number): void {
    heap[place] = slot;
    this.places.set(slot, place);
  }
}
