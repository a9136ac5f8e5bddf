import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import type { Move, StoredRecord, UserIndex, Version } from '../stores/session-store.js';
import type { IndexedSessionStore } from '../stores/session-store.js';
import type { StoreOutage } from './store-outage.js';
import type { TestClock } from './test-clock.js';

/** The store of a `SessionModule` under test: in memory, and out of order whenever the test wants it. */
export class MemoryStoreUnderTest implements IndexedSessionStore {
  readonly users: UserIndex = {
    add: (...asked) => this.outage.through(() => this.memory.users.add(...asked)),
    update: (...asked) => this.outage.through(() => this.memory.users.update(...asked)),
    remove: (...asked) => this.outage.through(() => this.memory.users.remove(...asked)),
    list: (...asked) => this.outage.through(() => this.memory.users.list(...asked)),
  };
  private memory: MemorySessionStore;

  constructor(
    private readonly outage: StoreOutage,
    private readonly clock: TestClock,
  ) {
    this.memory = this.emptyMemory();
  }

  read(key: string) {
    return this.outage.through(() => this.memory.read(key));
  }

  create(key: string, record: StoredRecord) {
    return this.outage.through(() => this.memory.create(key, record));
  }

  replace(key: string, version: Version, record: StoredRecord) {
    return this.outage.through(() => this.memory.replace(key, version, record));
  }

  remove(key: string, version?: Version) {
    return this.outage.through(() => this.memory.remove(key, version));
  }

  put(key: string, record: StoredRecord) {
    return this.outage.through(() => this.memory.put(key, record));
  }

  move(move: Move) {
    return this.outage.through(() => this.memory.move(move));
  }

  close(): Promise<void> {
    return this.memory.close();
  }

  /** Forgets everything that was ever stored. */
  async empty(): Promise<void> {
    const former = this.memory;
    this.memory = this.emptyMemory();
    await former.close();
  }

  private emptyMemory(): MemorySessionStore {
    return new MemorySessionStore({ clock: this.clock.now });
  }
}
