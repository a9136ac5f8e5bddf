import type { SessionStore } from 'nestjs-sesame';
import type { Gate } from '../schedule.js';

/** A place where sessions live, as two instances of an application see it. */
export interface Backend {
  readonly stores: readonly [SessionStore, SessionStore];
  /** How many sessions are there. The marks that rotations and ends leave behind are none. */
  sessions(): Promise<number>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens one, whose steps wait at the gate. */
export type OpenBackend = (gate: Gate) => Promise<Backend>;

/** What a session has, and no mark or other note of Sesame's. */
const SEEN = /^\{"_sesame":\{[^}]*"seenAt":\d/;

export function isSession(payload: string | null | undefined): boolean {
  return typeof payload === 'string' && SEEN.test(payload);
}
