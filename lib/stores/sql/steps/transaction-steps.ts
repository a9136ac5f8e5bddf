import type {
  Conflict,
  EntryOutcome,
  IndexEntry,
  Move,
  MoveOutcome,
  Renewal,
  ReplaceOutcome,
  SessionLimit,
} from '../../session-store.js';
import { padded } from '../record-statements.js';
import { changesIn } from '../sql-connection.js';
import type {
  RunStatement,
  RunTransaction,
  SqlDialect,
  SqlRow,
  SqlValue,
} from '../sql-database.js';
import type { SqlNames } from '../sql-names.js';
import { firstVersion, numberOf, recordIn } from '../sql-records.js';
import { lockOf, userHash } from '../user-hash.js';
import type { SqlSteps } from './sql-steps.js';
import { stepStatements } from './step-statements.js';
import type { StepStatements } from './step-statements.js';

/**
 * The steps in MySQL and SQLite: each is a transaction. One that concerns a user takes the user's lock first;
 * in SQLite, whose transactions write one at a time, it needs none.
 */
export class TransactionSteps implements SqlSteps {
  private readonly texts: StepStatements;

  constructor(
    dialect: SqlDialect,
    private readonly transaction: RunTransaction,
    names: SqlNames,
    private readonly clock: () => number,
  ) {
    this.texts = stepStatements(dialect, names);
  }

  addEntry(
    user: string,
    entry: IndexEntry,
    limit: SessionLimit | undefined,
  ): Promise<EntryOutcome> {
    return this.about([user], (run) => this.enter(run, user, entry, limit));
  }

  changeEntry(user: string, entry: IndexEntry, formerKey: string): Promise<boolean> {
    return this.about([user], (run) => this.change(run, user, entry, formerKey));
  }

  removeEntries(user: string, keys: readonly string[]): Promise<readonly boolean[]> {
    return this.about([user], async (run) => {
      const asked = padded(keys);
      const values = [user, this.clock(), ...asked];
      const { rows } = await run(this.texts.lookForEntries(asked.length), values);
      const live = new Set(rows.map(keyIn));
      const removed = padded([...live]);
      if (live.size > 0) await run(this.texts.removeEntries(removed.length), removed);
      return keys.map((key) => live.has(key));
    });
  }

  renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]> {
    return this.transaction(async (run) => {
      const outcomes = new Map<string, ReplaceOutcome>();
      const inOrder = renewals.toSorted((one, other) => (one.key < other.key ? -1 : 1));
      for (const { key, version, record } of inOrder) {
        const known = numberOf(version);
        const values = [record.payload, Math.ceil(record.expiresAt), key, known, this.clock()];
        const written = changesIn(await run(this.texts.renew, values)) > 0;
        outcomes.set(key, written ? { version: known + 1 } : await this.standing(run, key));
      }
      return renewals.map(({ key }) => outcomes.get(key) ?? 'gone');
    });
  }

  move(move: Move): Promise<MoveOutcome> {
    const { from, mark, to, record, entry } = move;
    const former = from?.userId === undefined ? undefined : userHash(from.userId);
    const user = entry === undefined ? undefined : userHash(entry.userId);
    return this.about([user, former], async (run) => {
      if (from !== undefined) {
        const there = await this.standing(run, from.key);
        if (there === 'gone' || there.conflict.version !== numberOf(from.version)) return there;
      }
      const { rows } = await run(this.texts.expiry, [to]);
      const expiry = rows[0] && Number(rows[0]['expires_at']);
      if (expiry !== undefined && expiry > this.clock()) return 'taken';
      const evicted = await this.moveEntry(run, move, user, former);
      if (typeof evicted === 'string') return evicted;
      if (from !== undefined && mark !== undefined) {
        await run(this.texts.put, [mark.payload, Math.ceil(mark.expiresAt), from.key]);
      } else if (from !== undefined) {
        await run(this.texts.removeRecord, [from.key]);
      }
      if (expiry !== undefined) await run(this.texts.removeRecord, [to]);
      const version = firstVersion();
      await run(this.texts.insert, [to, version, Math.ceil(record.expiresAt), record.payload]);
      return { moved: version, evicted };
    });
  }

  /**
   * Does the part of a move that concerns the index; returns the evicted keys, or why nothing has changed.
   */
  private async moveEntry(
    run: RunStatement,
    { from, to, entry, limit, needsFormerEntry }: Move,
    user: string | undefined,
    former: string | undefined,
  ): Promise<readonly string[] | 'gone' | 'full'> {
    let outcome: EntryOutcome = { evicted: [] };
    if (entry !== undefined && user !== undefined) {
      const moved = { key: to, expiresAt: entry.expiresAt };
      if (from !== undefined && user === former) {
        if (await this.change(run, user, moved, from.key)) return [];
        if (needsFormerEntry) return 'gone';
      }
      outcome = await this.enter(run, user, moved, limit);
    }
    if (outcome === 'full') return outcome;
    if (from !== undefined && former !== undefined) {
      await run(this.texts.removeEntry, [from.key, former]);
    }
    return outcome.evicted;
  }

  private async enter(
    run: RunStatement,
    user: string,
    { key, expiresAt }: IndexEntry,
    limit: SessionLimit | undefined,
  ): Promise<EntryOutcome> {
    const evicted: string[] = [];
    if (limit !== undefined) {
      const { rows } = await run(this.texts.listEntries, [user, this.clock()]);
      const live = rows.map(keyIn);
      const others = live.filter((one) => one !== key);
      const excess = Math.max(0, others.length + 1 - limit.max);
      const isRejecting = limit.onExceed === 'reject';
      if (excess > 0 && isRejecting && others.length === live.length) return 'full';
      for (const oldest of isRejecting ? [] : others.slice(0, excess)) {
        if (changesIn(await run(this.texts.removeEntry, [oldest, user])) > 0) evicted.push(oldest);
      }
    }
    await this.putEntry(run, user, key, expiresAt);
    return { evicted };
  }

  private async change(
    run: RunStatement,
    user: string,
    { key, expiresAt }: IndexEntry,
    formerKey: string,
  ): Promise<boolean> {
    const { rows } = await run(this.texts.lookForEntries(2), [user, this.clock(), key, formerKey]);
    if (rows.length === 0) return false;
    await run(this.texts.removeEntries(1), [formerKey]);
    await this.putEntry(run, user, key, expiresAt);
    return true;
  }

  private async putEntry(
    run: RunStatement,
    user: string,
    key: string,
    expiresAt: number,
  ): Promise<void> {
    const expiry = Math.ceil(expiresAt);
    await run(this.texts.putEntry, [key, user, expiry, user, expiry]);
  }

  private async standing(run: RunStatement, key: string): Promise<'gone' | Conflict> {
    const { rows } = await run(this.texts.lockRecord, [key, this.clock()]);
    return rows[0] === undefined ? 'gone' : { conflict: recordIn(rows[0]) };
  }

  /** Runs a transaction that has the locks of these users. */
  private about<T>(
    users: readonly (string | undefined)[],
    work: (run: RunStatement) => Promise<T>,
  ): Promise<T> {
    const { lockUsers } = this.texts;
    const locks: readonly SqlValue[] = users.flatMap((user) => (user ? [lockOf(user)] : []));
    return this.transaction(async (run) => {
      if (lockUsers !== undefined && locks.length > 0) await run(lockUsers(locks.length), locks);
      return work(run);
    });
  }
}

function keyIn(row: SqlRow): string {
  return String(row['session_key']);
}
