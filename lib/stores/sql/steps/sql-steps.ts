import type {
  EntryOutcome,
  IndexEntry,
  Move,
  MoveOutcome,
  SessionLimit,
} from '../../session-store.js';
import type { Renewal, ReplaceOutcome } from '../../session-store.js';

/** Operations that take several steps, all of them or none. Users are given by their hashes. */
export interface SqlSteps {
  addEntry(user: string, entry: IndexEntry, limit: SessionLimit | undefined): Promise<EntryOutcome>;
  /** Puts an entry in the place of that of a former key. */
  changeEntry(user: string, entry: IndexEntry, formerKey: string): Promise<boolean>;
  removeEntries(user: string, keys: readonly string[]): Promise<readonly boolean[]>;
  renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]>;
  move(move: Move): Promise<MoveOutcome>;
}
