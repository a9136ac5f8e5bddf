import type { ReadRecord, StoredRecord } from '../session-store.js';
import { ExpiryHeaps } from './expiry-heaps.js';
import type { ExpiryHeap } from './expiry-heaps.js';
import { ExpiryOrder } from './expiry-order.js';
import { KeySlots } from './key-slots.js';
import { ownText } from './own-text.js';
import { ANONYMOUS, RecencyRings, USERS } from './recency-rings.js';

/** How many expired records a write frees: more than it adds. */
const SWEPT_BY_WRITE = 4;

/** A record as it is kept: its key, its payload, and when it expires. */
export type KeptRecord = readonly [key: string, payload: string, expiresAt: number];

/** The users whose sessions the records are. */
export interface RecordOwners {
  /** True when the session under this key is a user's. */
  has(key: string): boolean;
  /** Called when the record under this key has expired or was dropped. */
  forget(key: string): void;
}

/** The records in memory, up to a maximum, ordered both by last use and by expiry. */
export class MemoryRecords {
  private readonly slots = new KeySlots();
  private readonly payloads: string[] = [];
  private readonly order = new ExpiryOrder();
  private readonly heaps = new ExpiryHeaps(this.order);
  private readonly queue: ExpiryHeap = [];
  private readonly uses = new RecencyRings();

  /** @param onDrop called when the session of a user was dropped before it expired */
  constructor(
    private readonly max: number,
    private readonly clock: () => number,
    private readonly owners: RecordOwners,
    private readonly onDrop: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.slots.size === 0;
  }

  /** Returns the record under a key, unless it has expired. This counts as a use. */
  use(key: string): ReadRecord | undefined {
    const slot = this.slots.slotOf(key);
    if (slot === undefined) return undefined;
    if (this.order.expiryOf(slot) <= this.clock()) {
      this.drop(slot);
      return undefined;
    }
    this.renew(key, slot);
    return { payload: this.payloads[slot] ?? '', version: this.order.turnOf(slot) };
  }

  /** Stores a record, whether or not there is one, and returns its version. */
  set(key: string, { payload, expiresAt }: StoredRecord): number {
    this.expireSome(SWEPT_BY_WRITE);
    const found = this.slots.slotOf(key);
    const slot = found ?? this.take(key);
    this.payloads[slot] = ownText(payload);
    this.order.set(slot, expiresAt);
    if (found === undefined) {
      this.heaps.add(this.queue, slot);
      this.uses.add(this.ringOf(key), slot);
    } else {
      this.heaps.reorder(this.queue, slot);
      this.renew(key, slot);
    }
    return this.order.turnOf(slot);
  }

  /** Returns all records that have not expired. */
  live(): KeptRecord[] {
    const now = this.clock();
    return [...this.slots.entries()]
      .map(([key, slot]) => [key, this.payloads[slot] ?? '', this.order.expiryOf(slot)] as const)
      .filter(([, , expiresAt]) => expiresAt > now);
  }

  delete(key: string): void {
    const slot = this.slots.slotOf(key);
    if (slot !== undefined) this.free(slot);
  }

  /** Called when the session under this key has become a user's, or is no longer one. */
  reclassify(key: string): void {
    const slot = this.slots.slotOf(key);
    if (slot !== undefined) this.renew(key, slot);
  }

  /** Frees expired records, up to `count` of them; `true` when there are more. */
  expireSome(count: number): boolean {
    const now = this.clock();
    for (let done = 0; done < count; done += 1) {
      const slot = this.heaps.firstExpired(this.queue, now);
      if (slot === undefined) return false;
      this.drop(slot);
    }
    return this.heaps.firstExpired(this.queue, now) !== undefined;
  }

  /** Takes a slot for a key that has none. */
  private take(key: string): number {
    if (this.slots.size >= this.max) this.makeRoom();
    return this.slots.take(key);
  }

  /** Drops a record, preferably one that nobody misses. */
  private makeRoom(): void {
    const unmissed =
      this.heaps.firstExpired(this.queue, this.clock()) ?? this.uses.oldest(ANONYMOUS);
    const victim = unmissed ?? this.uses.oldest(USERS);
    if (victim !== undefined) this.drop(victim);
    if (unmissed === undefined) this.onDrop();
  }

  private drop(slot: number): void {
    const key = this.slots.keyOf(slot);
    this.free(slot);
    this.owners.forget(key);
  }

  private free(slot: number): void {
    this.payloads[slot] = '';
    this.heaps.remove(this.queue, slot);
    this.uses.remove(slot);
    this.slots.release(slot);
  }

  private renew(key: string, slot: number): void {
    this.uses.remove(slot);
    this.uses.add(this.ringOf(key), slot);
  }

  private ringOf(key: string): typeof ANONYMOUS | typeof USERS {
    return this.owners.has(key) ? USERS : ANONYMOUS;
  }
}
