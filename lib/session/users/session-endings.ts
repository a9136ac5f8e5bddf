import type { StoredRecord } from '../../stores/session-store.js';
import type { BoundedIndex, BoundedStore } from '../storage/bounded-store.js';
import { stepAside } from '../storage/contention.js';
import { inBatches } from '../storage/in-batches.js';
import type { IndexEntries } from './index-entries.js';
import { found, lineageOf } from '../record/record-reader.js';
import type { SessionLookup } from './session-lookup.js';
import type { SessionRecord } from '../record/session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { tombstone } from '../record/tombstone.js';
import type { EndReason } from '../record/absence.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/** How many times to look again for a session that gets new ids while it is being ended. */
const MAX_LOOKS = 100;

/** Tells that a session was ended: its key and whose it was. */
export type OnEnd = (key: string, userId: string | undefined) => void;

/** Ends sessions for good, those included that get a new id at that moment. */
export class SessionEndings {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly lookup: SessionLookup,
    private readonly index: BoundedIndex | undefined,
    private readonly entries: IndexEntries | undefined,
  ) {}

  /**
   * Removes the record under a key, and the entry of its user. Where the session has got a new id
   * since, it is ended there. A sign-in has begun another session, which is not ended.
   * @param known the record that was loaded from there, where one was
   */
  async end(
    key: string,
    stored: string | undefined,
    known: SessionRecord | undefined,
    onEnd: OnEnd,
    budget: WaitBudget,
  ): Promise<void> {
    let at = await this.lookup.find(key, budget, stored);
    for (let attempt = 1; at.payload !== undefined && at.found.is !== 'gone'; attempt += 1) {
      const record = 'record' in at.found ? at.found.record : undefined;
      const outcome = await this.store.remove(at.key, at.payload, budget);
      if (outcome === 'done') {
        const userId = record?.metadata.userId;
        // On its way to another key, it has the entry of any of these.
        for (const passed of at.path) await this.leave(userId, passed, budget);
        onEnd(at.key, userId);
        return;
      }
      const { path } = at;
      at = await this.lookup.find(
        at.key,
        budget,
        outcome === 'gone' ? undefined : outcome.conflict,
      );
      at = { ...at, path: [...path, ...at.path] };
      await stepAside(attempt);
    }
    // What stood there may have been a mark that led on, before a tombstone took its place.
    if (known !== undefined) await this.endLineage(known, key, onEnd, budget);
  }

  /**
   * Ends a session by its lineage: where there is no mark (any more), its user's index leads to it.
   * An entry without a record may be that of a session on its way to another id, maybe this one's;
   * it is taken out, so that no session survives its sign-out.
   */
  private async endLineage(
    record: SessionRecord,
    key: string,
    onEnd: OnEnd,
    budget: WaitBudget,
  ): Promise<void> {
    const { userId } = record.metadata;
    if (userId === undefined || this.index === undefined) return;
    const lineage = lineageOf(record, key);
    await this.leave(userId, key, budget);
    for (let look = 1; look <= MAX_LOOKS; look += 1) {
      const keys = await this.index.keysOf(userId, budget);
      const ended = await inBatches(keys, async (entered) => {
        const at = await this.lookup.find(entered, budget);
        const isOnItsWay = at.payload === undefined && !this.settings.hashIds;
        if (isOnItsWay) await this.leave(userId, entered, budget);
        if (!('record' in at.found) || lineageOf(at.found.record, at.key) !== lineage) {
          return isOnItsWay;
        }
        await this.end(at.key, at.payload, undefined, onEnd, budget);
        return true;
      });
      if (!ended.includes(true)) return;
    }
  }

  /** Leaves a tombstone in place of a session, whatever stands there. */
  async bury(key: string, reason: EndReason, budget?: WaitBudget): Promise<void> {
    await this.index?.bury(key, this.tombstone(key, reason), budget);
  }

  /**
   * Leaves a tombstone in place of a session that lives though its entry in the index is gone.
   * @param stored the record as it was seen last
   * @returns `true` for the one caller who ended it
   */
  async revokeRecord(
    key: string,
    stored: string | undefined,
    budget: WaitBudget,
  ): Promise<boolean> {
    let expected = stored;
    for (let attempt = 1; expected !== undefined; attempt += 1) {
      const what = found(expected, key, this.settings);
      // Who took the entry may have left a tombstone already, which keeps its reason.
      if (what.is === 'gone' || what.is === 'rotated') break;
      const next = this.tombstone(key, 'revoked');
      const outcome = await this.store.renew(key, expected, next, budget);
      if (outcome === 'done') return true;
      expected = outcome === 'gone' ? undefined : outcome.conflict;
      await stepAside(attempt);
    }
    return false;
  }

  private async leave(userId: string | undefined, key: string, budget: WaitBudget): Promise<void> {
    if (userId !== undefined) await this.entries?.leave(userId, key, budget);
  }

  private tombstone(key: string, reason: EndReason): StoredRecord {
    const { payload, expiresAt } = tombstone(reason, this.settings.clock());
    return { payload: this.settings.codec?.seal(payload, key) ?? payload, expiresAt };
  }
}
