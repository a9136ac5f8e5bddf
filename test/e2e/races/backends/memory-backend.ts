import { MemorySessionStore } from 'nestjs-sesame';
import type { Move, MoveOutcome, StoredRecord, Written } from 'nestjs-sesame';
import type { Gate } from '../schedule.js';
import { isSession } from './backend.js';
import type { Backend } from './backend.js';
import { gated } from './gated-store.js';

/** A memory store that tells which records it holds. */
class OpenMemoryStore extends MemorySessionStore {
  private readonly created = new Set<string>();

  override create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    this.created.add(key);
    return super.create(key, record);
  }

  override move(move: Move): Promise<MoveOutcome> {
    this.created.add(move.to);
    return super.move(move);
  }

  async sessions(): Promise<number> {
    const found = await Promise.all([...this.created].map((key) => this.read(key)));
    return found.filter((record) => isSession(record?.payload)).length;
  }

  async clear(): Promise<void> {
    // Of the index, too, which outlives a record that was removed.
    for (const key of this.created) {
      await this.put(key, { payload: '', expiresAt: 0 });
      await this.remove(key);
    }
    this.created.clear();
  }
}

/** How a backend is to be used. */
interface Use {
  /** False to have sessions moved to new keys step by step, as on Redis Cluster. */
  readonly moves?: boolean;
}

/** The same store, as one that cannot move a session at once. */
function unmoving<T extends object>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'move') return undefined;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

export async function memoryBackend(gate: Gate, { moves = true }: Use = {}): Promise<Backend> {
  const store = new OpenMemoryStore();
  const used = moves ? store : unmoving(store);
  return {
    stores: [gated(used, gate), gated(used, gate)],
    sessions: () => store.sessions(),
    clear: () => store.clear(),
    close: async () => undefined,
  };
}
