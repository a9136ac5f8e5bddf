import type {
  EntryOutcome,
  IndexEntry,
  Move,
  MoveOutcome,
  SessionLimit,
} from '../../session-store.js';
import type { Renewal, ReplaceOutcome } from '../../session-store.js';

/** The operations that take several steps, all of them or none. Users are given by their hashes. */
export interface SqlSteps {
  addEntry(user: string, entry: IndexEntry, limit: SessionLimit | undefined): Promise<EntryOutcome>;
  /** Gives the place of a former key to another. */
  changeEntry(user: string, entry: IndexEntry, formerKey: string): Promise<boolean>;
  removeEntries(user: string, keys: readonly string[]): Promise<readonly boolean[]>;
  renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]>;
  move(move: Move): Promise<MoveOutcome>;
}
