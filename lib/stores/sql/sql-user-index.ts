import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from '../session-store.js';
import { changesIn } from './sql-connection.js';
import type { SqlConnection } from './sql-connection.js';
import type { SqlNames } from './sql-names.js';
import type { SqlSteps } from './steps/sql-steps.js';
import { userHash } from './user-hash.js';

/** Which sessions a user has, in a table. */
export class SqlUserIndex implements UserIndex {
  private readonly live: string;
  private readonly one: string;

  constructor(
    private readonly connection: SqlConnection,
    private readonly names: SqlNames,
    private readonly steps: SqlSteps,
    private readonly clock: () => number,
  ) {
    this.live = `FROM ${names.userSessions} WHERE user_hash = $1 AND expires_at > $2`;
    this.one = `${this.live} AND session_key = $3`;
  }

  add(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    return this.steps.addEntry(userHash(userId), entry, limit);
  }

  async update(userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean> {
    const user = userHash(userId);
    if (formerKey !== undefined) return this.steps.changeEntry(user, entry, formerKey);
    const now = this.clock();
    const isMysql = this.connection.dialect === 'mysql';
    const updated = await this.connection.run(
      `UPDATE ${this.names.userSessions} SET expires_at = $1 WHERE user_hash = $2 AND expires_at > $3 AND session_key = $4${isMysql ? '' : ' RETURNING session_key'}`,
      [Math.ceil(entry.expiresAt), user, now, entry.key],
    );
    if (changesIn(updated) > 0) return true;
    // MySQL may not count an entry as changed that already says so.
    return isMysql && this.isThere([user, now, entry.key]);
  }

  async remove(userId: string, key: string): Promise<boolean> {
    const isMysql = this.connection.dialect === 'mysql';
    const removed = await this.connection.run(
      `DELETE ${this.one}${isMysql ? '' : ' RETURNING session_key'}`,
      [userHash(userId), this.clock(), key],
    );
    return changesIn(removed) > 0;
  }

  async removeMany(userId: string, keys: readonly string[]): Promise<readonly boolean[]> {
    return keys.length === 0 ? [] : this.steps.removeEntries(userHash(userId), keys);
  }

  async list(userId: string, atMost?: number): Promise<readonly string[]> {
    const limit = atMost === undefined ? '' : ` LIMIT ${Math.trunc(atMost)}`;
    const { rows } = await this.connection.run(
      `SELECT session_key ${this.live} ORDER BY expires_at, session_key${limit}`,
      [userHash(userId), this.clock()],
    );
    return rows.map((row) => String(row['session_key']));
  }

  private async isThere(values: readonly (string | number)[]): Promise<boolean> {
    return (await this.connection.run(`SELECT session_key ${this.one}`, values)).rows.length > 0;
  }
}
