import { MAX_COOKIE_DAYS } from '../../options/cookie/cookie-rules.js';
import type { ReadRecord, StoredRecord } from '../../stores/session-store.js';
import { isRejection, SessionGoneError } from '../errors.js';
import { handleOf } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { markIn, markText } from '../record/marks.js';
import { earliestBeginOf } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
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
  /** Until when the spared session may still be ending the others, in epoch milliseconds. */
  readonly until?: number | undefined;
}

/** A revocation that is under way. */
export interface BegunRevocation {
  /** Notes that it is over. */
  finish(): Promise<void>;
  /** Notes that it ended nothing. */
  takeBack(): Promise<void>;
}

/** How long a note is kept, in milliseconds: no browser keeps the cookie of a session for longer. */
const LIFETIME = MAX_COOKIE_DAYS * 86_400_000;

/** How long a session is believed to be ending the others, in milliseconds, if its instance dies meanwhile. */
const UNDER_WAY = 10_000;

const NOTHING_TO_NOTE: BegunRevocation = {
  finish: () => Promise.resolve(),
  takeBack: () => Promise.resolve(),
};

/** Keeps those notes in the store, under keys that no session has: no id has a space in it. */
export class UserRevocations {
  constructor(private readonly lifecycle: Lifecycle) {}

  /**
   * Notes that all sessions of a user are about to be ended, except the one of this lineage, if one is given.
   * @throws SessionGoneError if another session is ending that one in the same way: only one can stay
   */
  async begin(
    userId: string,
    spared: string | undefined,
    budget: WaitBudget,
  ): Promise<BegunRevocation> {
    if (spared !== undefined) {
      try {
        return await this.beginSparing(userId, spared, budget);
      } catch (error) {
        if (!isRejection(error)) throw error; // a full store may still take a note that replaces any other
      }
    }
    const { index, settings } = this.lifecycle;
    const key = keyFor(userId);
    await index?.put(key, this.record(key, { at: settings.clock(), spared }), budget);
    return NOTHING_TO_NOTE;
  }

  private async beginSparing(
    userId: string,
    spared: string,
    budget: WaitBudget,
  ): Promise<BegunRevocation> {
    const { store, settings } = this.lifecycle;
    const key = keyFor(userId);
    const former = await store.read(key, budget);
    return compareAndSwap<ReadRecord | undefined, BegunRevocation>(former, async (there, turn) => {
      const noted = this.noteIn(key, there);
      const at = settings.clock();
      if (isUnderWay(noted, at) && noted?.spared !== spared) throw new SessionGoneError('revoked');
      const note = this.record(key, { at, spared, until: at + UNDER_WAY });
      const outcome =
        there === undefined
          ? await store.create(key, note, budget)
          : await store.replace(key, there.version, note, budget, turn);
      if (outcome === 'busy') return outcome;
      if (outcome === 'taken') return { conflict: await store.read(key, budget) };
      if (outcome === 'gone') return { conflict: undefined };
      if ('conflict' in outcome) return outcome;
      const write = async (record: StoredRecord): Promise<void> => {
        // If it fails, or another note has come, the time of this one just runs out.
        await store.replace(key, outcome.version, record, budget).catch(() => undefined);
      };
      return {
        finish: () => write(this.record(key, { at, spared })),
        takeBack: () => write(this.record(key, noted ?? { at: 0 })),
      };
    });
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
    const { store } = this.lifecycle;
    const key = keyFor(userId);
    return this.noteIn(key, await store.read(key, budget));
  }

  /**
   * Returns a note. One that cannot be opened counts as none: it is from before the keys were changed, and so
   * are the sessions that it ended, none of which can be opened either.
   */
  private noteIn(key: string, there: ReadRecord | undefined): UserRevocation | undefined {
    if (there === undefined) return undefined;
    let text: string;
    try {
      text = this.lifecycle.format.textOf(there.payload, key);
    } catch {
      return undefined;
    }
    const { revokedAt, spared, until } = markIn(text, 'revokedAt') ?? {};
    if (typeof revokedAt !== 'number') return undefined;
    return {
      at: revokedAt,
      spared: typeof spared === 'string' ? spared : undefined,
      until: typeof until === 'number' ? until : undefined,
    };
  }

  private record(key: string, { at, spared, until }: UserRevocation): StoredRecord {
    const { format, settings } = this.lifecycle;
    const payload = markText({ revokedAt: at, spared, until });
    return format.sealed({ payload, expiresAt: settings.clock() + LIFETIME }, key);
  }
}

/** True if a session may still be ending the others. Nobody begins in the future, but a clock may be wrong. */
function isUnderWay({ until = 0 }: Partial<UserRevocation> = {}, now: number): boolean {
  return until > now && until <= now + UNDER_WAY;
}

function keyFor(userId: string): string {
  return handleOf(`all sessions of ${userId}`);
}
