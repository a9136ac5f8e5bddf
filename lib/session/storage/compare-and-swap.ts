import { StoreUnavailableError } from '../errors.js';

/** How many newer versions are met before giving up. */
const MAX_ATTEMPTS = 200;

/** From this attempt on, writers wait a random moment, so that they stop colliding. */
const FIRST_PAUSE = 8;
const MAX_PAUSE = 20;

/**
 * Tries to change what was seen, and tries again with what is there instead, until nobody was faster.
 * @param swap makes one attempt: its outcome, or a conflict with what is there now
 * @throws StoreUnavailableError after 200 attempts
 */
export async function compareAndSwap<Seen, Outcome>(
  first: Seen,
  swap: (seen: Seen) => Promise<Outcome | { readonly conflict: Seen }>,
): Promise<Outcome> {
  let seen = first;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const outcome = await swap(seen);
    if (!isConflict<Seen, Outcome>(outcome)) return outcome;
    seen = outcome.conflict;
    if (attempt >= FIRST_PAUSE) await pause(Math.random() * MAX_PAUSE);
  }
  const cause = new Error(`${MAX_ATTEMPTS} attempts each met a newer version of the session`);
  throw new StoreUnavailableError('write', cause);
}

function isConflict<Seen, Outcome>(
  outcome: Outcome | { readonly conflict: Seen },
): outcome is { readonly conflict: Seen } {
  return typeof outcome === 'object' && outcome !== null && 'conflict' in outcome;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
