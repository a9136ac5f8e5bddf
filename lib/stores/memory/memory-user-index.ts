import type { EntryOutcome, IndexEntry, SessionLimit } from '../session-store.js';
import { ExpiryHeaps } from './expiry-heaps.js';
import type { ExpiryHeap } from './expiry-heaps.js';
import { ExpiryOrder } from './expiry-order.js';
import { KeySlots } from './key-slots.js';
import { ownText } from './own-text.js';

/** How many expired entries a new one frees: more than it adds. */
const SWEPT_BY_WRITE = 4;

/** An entry as it is kept: its user, its key, and when it expires. */
export type KeptEntry = readonly [userId: string, key: string, expiresAt: number];

/** Which sessions a user has, in memory: the methods of `UserIndex`, which here are synchronous. */
export class MemoryUserIndex {
  private readonly slots = new KeySlots();
  /** The user of each slot's entry. */
  private readonly owners: string[] = [];
  private readonly users = new Map<string, ExpiryHeap>();
  private readonly order = new ExpiryOrder();
  private readonly ofUsers = new ExpiryHeaps(this.order);
  /** The entries of all users, to free also those of users who never come back. */
  private readonly queue: ExpiryHeap = [];
  private readonly ofAll = new ExpiryHeaps(this.order);

  /** @param onChange called when a key gets an entry, and when it loses it */
  constructor(
    private readonly clock: () => number,
    private readonly onChange: (key: string) => void,
  ) {}

  get isEmpty(): boolean {
    return this.slots.size === 0;
  }

  /** True when the key has an entry, of whichever user. */
  has(key: string): boolean {
    return this.slots.slotOf(key) !== undefined;
  }

  /** Returns all entries that have not expired. */
  live(): KeptEntry[] {
    const now = this.clock();
    return [...this.slots.entries()]
      .map(([key, slot]) => [this.owners[slot] ?? '', key, this.order.expiryOf(slot)] as const)
      .filter(([, , expiresAt]) => expiresAt > now);
  }

  add(userId: string, entry: IndexEntry, limit?: SessionLimit): EntryOutcome {
    this.expireSome(SWEPT_BY_WRITE);
    const isFull = limit !== undefined && this.countOf(userId) >= limit.max;
    const isRejecting = limit?.onExceed === 'reject';
    if (isFull && isRejecting && !this.isLive(userId, entry.key)) return 'full';
    // However soon the new entry expires, it is not itself the one to evict.
    if (isFull) this.put(userId, { key: entry.key, expiresAt: Infinity });
    const evicted = isFull && !isRejecting ? this.evict(userId, entry.key, limit.max) : [];
    this.put(userId, entry);
    return { evicted };
  }

  update(userId: string, entry: IndexEntry, formerKey?: string): boolean {
    const isThere = this.isLive(userId, entry.key);
    if (!isThere && (formerKey === undefined || !this.isLive(userId, formerKey))) return false;
    if (formerKey !== undefined) this.forget(formerKey);
    this.put(userId, entry);
    return true;
  }

  remove(userId: string, key: string): boolean {
    const isLive = this.isLive(userId, key);
    const slot = this.slots.slotOf(key);
    if (slot !== undefined && this.owners[slot] === userId) this.free(slot);
    return isLive;
  }

  list(userId: string, atMost = Infinity): readonly string[] {
    this.forgetExpired(userId);
    const slots = this.ofUsers.inOrder(this.heapOf(userId)).slice(0, atMost);
    return slots.map((slot) => this.slots.keyOf(slot));
  }

  /** Removes the entry of a key, of whichever user. */
  forget(key: string): void {
    const slot = this.slots.slotOf(key);
    if (slot !== undefined) this.free(slot);
  }

  /** Frees expired entries, up to `count` of them; `true` when there are more. */
  expireSome(count: number): boolean {
    const now = this.clock();
    for (let done = 0; done < count; done += 1) {
      const slot = this.ofAll.firstExpired(this.queue, now);
      if (slot === undefined) return false;
      this.free(slot);
    }
    return this.ofAll.firstExpired(this.queue, now) !== undefined;
  }

  private evict(userId: string, except: string, max: number): string[] {
    const heap = this.heapOf(userId);
    const evicted: string[] = [];
    while (heap.length > max) {
      const key = this.slots.keyOf(heap[0] ?? 0);
      if (key === except) break;
      this.forget(key);
      evicted.push(key);
    }
    return evicted;
  }

  private countOf(userId: string): number {
    this.forgetExpired(userId);
    return this.heapOf(userId).length;
  }

  private forgetExpired(userId: string): void {
    const heap = this.heapOf(userId);
    const now = this.clock();
    for (;;) {
      const slot = this.ofUsers.firstExpired(heap, now);
      if (slot === undefined) return;
      this.free(slot);
    }
  }

  private put(userId: string, { key, expiresAt }: IndexEntry): void {
    const found = this.slots.slotOf(key);
    if (found !== undefined && this.owners[found] === userId) {
      this.order.set(found, expiresAt);
      this.ofUsers.reorder(this.heapOf(userId), found);
      this.ofAll.reorder(this.queue, found);
      return;
    }
    this.forget(key);
    const slot = this.slots.take(key);
    this.order.set(slot, expiresAt);
    const heap = this.users.get(userId);
    if (heap === undefined) {
      const owner = ownText(userId);
      this.owners[slot] = owner;
      this.users.set(owner, this.ofUsers.begin(slot));
    } else {
      this.owners[slot] = this.owners[heap[0] ?? slot] ?? userId; // shares the text with the other entries
      this.ofUsers.add(heap, slot);
    }
    this.ofAll.add(this.queue, slot);
    this.onChange(key);
  }

  private free(slot: number): void {
    const key = this.slots.keyOf(slot);
    const userId = this.owners[slot] ?? '';
    const heap = this.heapOf(userId);
    this.ofUsers.remove(heap, slot);
    if (heap.length === 0) this.users.delete(userId);
    this.ofAll.remove(this.queue, slot);
    this.owners[slot] = '';
    this.slots.release(slot);
    this.onChange(key);
  }

  private heapOf(userId: string): ExpiryHeap {
    return this.users.get(userId) ?? [];
  }

  private isLive(userId: string, key: string): boolean {
    const slot = this.slots.slotOf(key);
    if (slot === undefined || this.owners[slot] !== userId) return false;
    return this.order.expiryOf(slot) > this.clock();
  }
}
