import type { ExactOperation, RaceAnswer, Sight } from './race-app.js';
import type { Step } from './schedule.js';

/** A cookie that a client was given. */
export interface RaceCookie {
  /** The request that was given it. */
  readonly of: number;
  /** The session id inside. */
  readonly id: string;
}

/** A request of the race, and what became of it. */
export interface Ran {
  readonly cookie: RaceCookie;
  readonly operations: readonly ExactOperation[];
  readonly answer: RaceAnswer;
}

/** A cookie, and the session it leads to when all is over. */
export interface Found {
  readonly cookie: RaceCookie;
  readonly sight: Sight;
}

export interface History {
  readonly initial: Sight;
  readonly requests: readonly Ran[];
  readonly steps: readonly Step[];
  readonly found: readonly Found[];
  /** How many records are left in the store. */
  readonly records: number;
}

/** The cookie that the session had before the race. */
export const INITIAL = -1;
