import * as aboutChanges from './about-changes.js';
import * as aboutSessions from './about-sessions.js';
import * as aboutUsers from './about-users.js';
import type { Invariant } from './facts.js';

/** What is true of every history, by name. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  ...aboutChanges,
  ...aboutSessions,
  ...aboutUsers,
};
