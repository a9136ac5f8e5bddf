import { SlotNumbers } from './slot-numbers.js';

/** Slots as a binary heap: the one that expires first is on top, at 0. */
export type ExpiryHeap = number[];

/**
 * Keeps heaps of slots in order. A slot is in one of them at most. Of two that expire at the same
 * time, the one that was put there first goes first.
 */
export class ExpiryHeaps {
  private readonly times = new SlotNumbers(Float64Array);
  private readonly turns = new SlotNumbers(Float64Array);
  private readonly places = new SlotNumbers(Uint32Array);
  private turn = 0;

  /** When a slot expires, in epoch milliseconds. */
  expiryOf(slot: number): number {
    return this.times.get(slot);
  }

  /** The number of the call that last set when a slot expires: no two calls ever have the same one. */
  turnOf(slot: number): number {
    return this.turns.get(slot);
  }

  /** A heap of one, with no room to spare: most users have one session. */
  begin(slot: number, expiresAt: number): ExpiryHeap {
    const heap = [slot];
    this.places.set(slot, 0);
    this.move(heap, slot, expiresAt);
    return heap;
  }

  add(heap: ExpiryHeap, slot: number, expiresAt: number): void {
    this.places.set(slot, heap.push(slot) - 1);
    this.move(heap, slot, expiresAt);
  }

  /** Lets a slot expire at another time. */
  move(heap: ExpiryHeap, slot: number, expiresAt: number): void {
    this.turn += 1;
    this.times.set(slot, expiresAt);
    this.turns.set(slot, this.turn);
    this.settle(heap, slot, this.places.get(slot));
  }

  remove(heap: ExpiryHeap, slot: number): void {
    const last = heap.pop();
    if (last !== undefined && last !== slot) this.settle(heap, last, this.places.get(slot));
  }

  /** The slot on top of a heap, if it has expired. */
  firstExpired(heap: ExpiryHeap, now: number): number | undefined {
    const first = heap[0];
    return first !== undefined && this.times.get(first) <= now ? first : undefined;
  }

  /** The slots of a heap, the one that expires first in front. */
  inOrder(heap: ExpiryHeap): number[] {
    return heap.toSorted((one, other) => (this.isBefore(one, other) ? -1 : 1));
  }

  /** Puts a slot where it belongs, by way of a place that is its own to fill. */
  private settle(heap: ExpiryHeap, slot: number, free: number): void {
    let place = free;
    for (;;) {
      const above = (place - 1) >> 1;
      const parent = place === 0 ? undefined : heap[above];
      if (parent === undefined || !this.isBefore(slot, parent)) break;
      this.put(heap, parent, place);
      place = above;
    }
    for (;;) {
      const below = this.firstBelow(heap, place);
      const child = heap[below];
      if (child === undefined || !this.isBefore(child, slot)) break;
      this.put(heap, child, place);
      place = below;
    }
    this.put(heap, slot, place);
  }

  /** The place of the two below this one whose slot expires first. */
  private firstBelow(heap: ExpiryHeap, place: number): number {
    const left = 2 * place + 1;
    const one = heap[left];
    const other = heap[left + 1];
    const isRight = one !== undefined && other !== undefined && this.isBefore(other, one);
    return isRight ? left + 1 : left;
  }

  private put(heap: ExpiryHeap, slot: number, place: number): void {
    heap[place] = slot;
    this.places.set(slot, place);
  }

  private isBefore(one: number, other: number): boolean {
    const earlier = this.times.get(one);
    const later = this.times.get(other);
    return earlier === later ? this.turns.get(one) < this.turns.get(other) : earlier < later;
  }
}
