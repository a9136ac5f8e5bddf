import { StoreUnavailableError } from '../errors.js';

/** How many newer versions of a session are met before giving up. */
const MAX_ATTEMPTS = 200;

/** From this attempt on, writers wait a random moment, so that they stop colliding. */
const FIRST_PAUSE = 8;
const MAX_PAUSE = 20;

/**
 * Steps aside for whoever was faster, before the next attempt.
 * @param attempt how many were made, from 1 on
 * @throws StoreUnavailableError when it was too many
 */
export async function stepAside(attempt: number): Promise<void> {
  if (attempt >= MAX_ATTEMPTS) {
    const cause = new Error(`${attempt} attempts each met a newer version of the session`);
    throw new StoreUnavailableError('write', cause);
  }
  if (attempt >= FIRST_PAUSE) await pause(Math.random() * MAX_PAUSE);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
