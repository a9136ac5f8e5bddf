import session from 'express-session';
import { MemorySessionStore } from 'nestjs-sesame';
import type {
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';
import { runningCase } from './fuzz-case.js';

/** How many sessions a store keeps, so that memory can be flat. */
const MAX = 1_000;

/** Longer than any session of a run. */
const LONG = 3_600_000;

/** A store into which records can be planted behind the library's back. */
export interface PlantableStore {
  readonly store: SessionStore | session.Store;
  plant(key: string, payload: string): Promise<void>;
}

/** Takes a few turns of the event loop; now and then fails, or never answers. */
async function weather(): Promise<void> {
  const running = runningCase();
  if (running === undefined) return;
  const { random, isExact } = running;
  for (let turn = random.below(3); turn > 0; turn -= 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (isExact) return;
  if (random.chance(0.01)) throw new Error('the store is having a bad day');
  if (random.chance(0.000_5)) await new Promise(() => undefined);
}

/** The memory store under bad conditions. */
class MoodyStore implements SessionStore {
  constructor(private readonly inner: MemorySessionStore) {}

  async read(key: string): Promise<ReadRecord | undefined> {
    await weather();
    return this.inner.read(key);
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    await weather();
    return this.inner.create(key, record);
  }

  async replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    await weather();
    return this.inner.replace(key, version, record);
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    await weather();
    return this.inner.remove(key, version);
  }
}

export function memoryStore(): PlantableStore {
  const inner = new MemorySessionStore({ max: MAX });
  return {
    store: new MoodyStore(inner),
    plant: (key, payload) => inner.put(key, { payload, expiresAt: Date.now() + LONG }),
  };
}

type Answer = (error?: unknown, data?: session.SessionData | null) => void;

/** A small express-session store that returns whatever JSON it holds. */
class TextStore extends session.Store {
  readonly texts = new Map<string, string>();

  override get(id: string, answer: Answer): void {
    this.later(answer, () => {
      const text = this.texts.get(id);
      return text === undefined ? undefined : JSON.parse(text);
    });
  }

  override set(id: string, data: session.SessionData, answer: Answer = () => undefined): void {
    const text = JSON.stringify(data);
    this.later(answer, () => this.keep(id, text));
  }

  override destroy(id: string, answer: Answer = () => undefined): void {
    this.later(answer, () => {
      this.texts.delete(id);
    });
  }

  keep(id: string, text: string): undefined {
    this.texts.delete(id);
    this.texts.set(id, text);
    for (const oldest of this.texts.keys()) {
      if (this.texts.size <= MAX) break;
      this.texts.delete(oldest);
    }
  }

  private later(answer: Answer, act: () => session.SessionData | undefined | void): void {
    weather()
      .then(act)
      .then((data) => answer(null, data ?? undefined), answer);
  }
}

export function expressStore(): PlantableStore {
  const store = new TextStore();
  return {
    store,
    plant: async (key, payload) => store.keep(key, payload),
  };
}
