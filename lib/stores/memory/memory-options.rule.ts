import { CLOCK } from '../store-options.js';
import type { StoreOptionRule } from '../store-options.js';

/** The options of MemorySessionStore, which DevelopmentSessionStore takes, too. */
export const MEMORY_OPTION_RULES = {
  max: {
    holds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
    remedy: 'It counts sessions: give a whole number above zero',
    error: RangeError,
  },
  clock: CLOCK,
} satisfies Record<string, StoreOptionRule>;
