import { randomInt } from 'node:crypto';
import type {
  Conflict,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  StoredRecord,
  Version,
  Written,
} from '../session-store.js';
import { padded, recordStatements } from './record-statements.js';
import type { RecordStatements } from './record-statements.js';
import { changesIn } from './sql-connection.js';
import type { SqlConnection } from './sql-connection.js';
import type { SqlRow } from './sql-database.js';
import { isSqlError } from './sql-errors.js';
import type { SqlNames } from './sql-names.js';

/** Versions begin at random below this, so that no record has one that another had under its key. */
const FIRST_VERSIONS = 2 ** 47;

/** The records in the table of sessions. */
export class SqlRecords {
  private readonly texts: RecordStatements;

  constructor(
    private readonly connection: SqlConnection,
    names: SqlNames,
    private readonly clock: () => number,
  ) {
    this.texts = recordStatements(connection.dialect, names);
  }

  async read(key: string): Promise<ReadRecord | undefined> {
    const { rows } = await this.connection.run(this.texts.read, [key, this.clock()]);
    return rows[0] && recordIn(rows[0]);
  }

  async readMany(keys: readonly string[]): Promise<readonly (ReadRecord | undefined)[]> {
    if (keys.length === 0) return [];
    const asked = padded(keys);
    const values = [this.clock(), ...asked];
    const { rows } = await this.connection.run(this.texts.readMany(asked.length), values);
    const records = new Map(rows.map((row) => [String(row['session_key']), recordIn(row)]));
    return keys.map((key) => records.get(key));
  }

  async create(key: string, { payload, expiresAt }: StoredRecord): Promise<Written | 'taken'> {
    const { connection, texts } = this;
    const version = firstVersion();
    const values = [key, version, Math.ceil(expiresAt), payload];
    if (connection.dialect !== 'mysql') {
      const { rows } = await connection.run(texts.create, [...values, this.clock()]);
      return rows[0] === undefined ? 'taken' : { version: versionIn(rows[0]) };
    }
    try {
      await connection.run(texts.create, values);
    } catch (error) {
      if (!isSqlError(error, connection.dialect, 'duplicate')) throw error;
      const freed = await connection.run(texts.removeExpired, [key, this.clock()]);
      return changesIn(freed) === 0 ? 'taken' : this.create(key, { payload, expiresAt });
    }
    return { version };
  }

  async replace(
    key: string,
    version: Version,
    { payload, expiresAt }: StoredRecord,
    turn = '',
  ): Promise<ReplaceOutcome | 'busy'> {
    const { connection, texts } = this;
    const known = numberOf(version);
    const values = [Math.ceil(expiresAt), payload, key, known, this.clock(), turn];
    const written = await connection.run(texts.replace, values);
    if (changesIn(written) > 0) return { version: known + 1 };
    if (turn !== '') await connection.run(texts.takeTurn, [turn, key, turn]);
    const { rows } = await connection.run(texts.look, [turn, key, this.clock()]);
    const [there] = rows;
    if (there === undefined) return 'gone';
    return Number(there['is_busy']) === 1 ? 'busy' : { conflict: recordIn(there) };
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    const { connection, texts } = this;
    const isAny = version === undefined;
    const values = [key, this.clock()];
    const removed = isAny
      ? await connection.run(texts.remove, values)
      : await connection.run(texts.removeVersion, [...values, numberOf(version)]);
    if (changesIn(removed) > 0) return 'removed';
    return isAny ? 'gone' : this.standing(key);
  }

  async put(key: string, { payload, expiresAt }: StoredRecord): Promise<void> {
    const expiry = Math.ceil(expiresAt);
    const values = [key, firstVersion(), expiry, payload, expiry, payload];
    await this.connection.run(this.texts.put, values);
  }

  /** Returns why a write was refused: nothing is there any more, or another version. */
  private async standing(key: string): Promise<'gone' | Conflict> {
    const there = await this.read(key);
    return there === undefined ? 'gone' : { conflict: there };
  }
}

export function firstVersion(): number {
  return randomInt(1, FIRST_VERSIONS);
}

/** Returns the number of a version; 0, which no record has, for what is no version of this store's. */
export function numberOf(version: Version): number {
  const number = Number(version);
  return Number.isSafeInteger(number) ? number : 0;
}

export function recordIn(row: SqlRow): ReadRecord {
  return { payload: String(row['payload']), version: versionIn(row) };
}

function versionIn(row: SqlRow): number {
  return Number(row['version']);
}
