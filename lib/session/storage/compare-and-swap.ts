import { randomUUID } from 'node:crypto';
import { StoreUnavailableError } from '../errors.js';

/** How often others may be faster before giving up. */
const MAX_ATTEMPTS = 200;

/** How many conflicts a writer meets before it asks for a turn. */
const CONFLICTS_BEFORE_TURN = 3;

/** For how many milliseconds a writer waits that meets another's turn, at least and at most. */
const [MIN_PAUSE, MAX_PAUSE] = [1, 3];

/** Why an attempt changed nothing: there is something newer, or another instance goes first. */
export type Retry<Seen> = 'busy' | { readonly conflict: Seen };

/**
 * Tries to change what was seen, and tries again at once with what is there instead, until nobody was faster:
 * a writer that waits comes with an older version than those that do not. After a few conflicts it asks the
 * store for a turn, in which others wait a moment.
 * @param swap makes one attempt: its outcome, or a conflict with what is there now
 * @param met what the first attempt came to, if it was made already
 * @throws StoreUnavailableError after 200 attempts
 */
export async function compareAndSwap<Seen, Outcome>(
  first: Seen,
  swap: (seen: Seen, turn: string | undefined) => Promise<Outcome | Retry<Seen>>,
  met?: Retry<Seen>,
): Promise<Outcome> {
  let seen = first;
  let conflicts = 0;
  let turn: string | undefined;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const outcome = attempt === 1 && met !== undefined ? met : await swap(seen, turn);
    if (!isRetry<Seen, Outcome>(outcome)) return outcome;
    if (outcome === 'busy') await pause();
    else {
      seen = outcome.conflict;
      conflicts += 1;
      if (conflicts === CONFLICTS_BEFORE_TURN) turn = randomUUID();
    }
  }
  const cause = new Error(`${MAX_ATTEMPTS} attempts each met a newer version of the session`);
  throw new StoreUnavailableError('write', cause);
}

function isRetry<Seen, Outcome>(outcome: Outcome | Retry<Seen>): outcome is Retry<Seen> {
  if (outcome === 'busy') return true;
  return typeof outcome === 'object' && outcome !== null && 'conflict' in outcome;
}

async function pause(): Promise<void> {
  const milliseconds = MIN_PAUSE + Math.random() * (MAX_PAUSE - MIN_PAUSE);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
