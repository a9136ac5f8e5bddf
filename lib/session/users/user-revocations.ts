import type { BoundedIndex, BoundedStore } from '../storage/bounded-store.js';
import { markIn, markText } from '../record/mark-text.js';
import { handleOf } from '../ids.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/**
 * All sessions of a user were ended. The index leads to those that it knows; one that was signed in
 * before the store had an index learns of it by this, when it enters the index.
 */
interface UserRevocation {
  /** When, in epoch milliseconds. */
  readonly at: number;
  /** The lineage of the session that was spared. */
  readonly spared?: string | undefined;
}

/** The longest for which a browser keeps a cookie (RFC 6265bis, 5.5): 400 days, in milliseconds. */
const LIFETIME = 400 * 86_400_000;

/** Keeps word of those sign-outs in the store, under a key that no session has: no id has a space in it. */
export class UserRevocations {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly index: BoundedIndex,
  ) {}

  /** All sessions of a user are about to be ended, but for the one of this lineage. */
  async note(userId: string, spared: string | undefined, budget: WaitBudget): Promise<void> {
    const key = keyFor(userId);
    const { codec, clock } = this.settings;
    const at = clock();
    const text = markText({ revokedAt: at, spared });
    const payload = codec?.seal(text, key) ?? text;
    await this.index.bury(key, { payload, expiresAt: at + LIFETIME }, budget);
  }

  /** True when a session is one of those that were ended. */
  async hasEnded(
    userId: string,
    key: string,
    { createdAt, authenticatedAt = createdAt, lineage = key }: SessionMetadata,
    budget: WaitBudget,
  ): Promise<boolean> {
    const noted = await this.noted(userId, budget);
    return noted !== undefined && authenticatedAt <= noted.at && lineage !== noted.spared;
  }

  private async noted(userId: string, budget: WaitBudget): Promise<UserRevocation | undefined> {
    const key = keyFor(userId);
    const payload = await this.store.read(key, budget);
    if (payload === undefined) return undefined;
    const { revokedAt, spared } =
      markIn(this.settings.codec?.open(payload, key) ?? payload, 'revokedAt') ?? {};
    if (typeof revokedAt !== 'number') return undefined;
    return { at: revokedAt, spared: typeof spared === 'string' ? spared : undefined };
  }
}

function keyFor(userId: string): string {
  return handleOf(`all sessions of ${userId}`);
}
