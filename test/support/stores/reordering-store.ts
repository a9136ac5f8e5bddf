import { MemoryStore } from 'express-session';
import type { SessionData } from 'express-session';

type Answer = (error: unknown, data?: SessionData | null) => void;

/** A store that returns the names in every object in a different order each time, as JSONB may. */
export class ReorderingStore extends MemoryStore {
  override get(id: string, answer: Answer): void {
    super.get(id, (error: unknown, data?: SessionData | null) => {
      if (error || !data) answer(error, data);
      else answer(null, JSON.parse(JSON.stringify(data, shuffled)));
    });
  }
}

function shuffled(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map((entry) => ({ entry, at: Math.random() }));
  const inAnyOrder = entries.toSorted((one, other) => one.at - other.at);
  return Object.fromEntries(inAnyOrder.map(({ entry }) => entry));
}
