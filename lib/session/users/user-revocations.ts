import { handleOf } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { markIn, markText } from '../record/marks.js';
import { earliestBeginOf } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/**
 * A note that all sessions of a user were ended. The index leads to those that it knows; a session whose
 * user signed in before the store had an index meets the note when it is added to the index.
 */
interface UserRevocation {
  /** When, in epoch milliseconds. */
  readonly at: number;
  /** The lineage of the session that was spared, if one was. */
  readonly spared?: string | undefined;
}

/** The longest for which a browser keeps a cookie (RFC 6265bis, 5.5): 400 days, in milliseconds. */
const LIFETIME = 400 * 86_400_000;

/** Keeps those notes in the store, under keys that no session has: no id has a space in it. */
export class UserRevocations {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** Notes that all sessions of a user are about to be ended, except the one of this lineage. */
  async note(userId: string, spared: string | undefined, budget: WaitBudget): Promise<void> {
    const { index, format, settings } = this.lifecycle;
    const key = keyFor(userId);
    const at = settings.clock();
    const note = { payload: markText({ revokedAt: at, spared }), expiresAt: at + LIFETIME };
    await index?.put(key, format.sealed(note, key), budget);
  }

  /** True if a session is one of those that were ended. */
  async hasEnded(
    userId: string,
    key: string,
    lifetime: Lifetime,
    budget: WaitBudget,
  ): Promise<boolean> {
    const noted = await this.noted(userId, budget);
    if (noted === undefined) return false;
    const { authenticatedAt, lineage = key } = lifetime.metadata;
    const since = authenticatedAt ?? earliestBeginOf(lifetime, this.lifecycle.settings);
    return since <= noted.at && lineage !== noted.spared;
  }

  private async noted(userId: string, budget: WaitBudget): Promise<UserRevocation | undefined> {
    const { format, store } = this.lifecycle;
    const key = keyFor(userId);
    const there = await store.read(key, budget);
    if (there === undefined) return undefined;
    const { revokedAt, spared } = markIn(format.textOf(there.payload, key), 'revokedAt') ?? {};
    if (typeof revokedAt !== 'number') return undefined;
    return { at: revokedAt, spared: typeof spared === 'string' ? spared : undefined };
  }
}

function keyFor(userId: string): string {
  return handleOf(`all sessions of ${userId}`);
}
