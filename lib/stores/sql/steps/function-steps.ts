import type {
  EntryOutcome,
  IndexEntry,
  Move,
  MoveOutcome,
  Renewal,
  ReplaceOutcome,
  SessionLimit,
  Version,
} from '../../session-store.js';
import { padded, placeholders } from '../record-statements.js';
import type { SqlConnection } from '../sql-connection.js';
import type { SqlRow, SqlValue } from '../sql-database.js';
import type { SqlNames } from '../sql-names.js';
import { firstVersion, numberOf, recordIn } from '../sql-records.js';
import type { SqlRecords } from '../sql-records.js';
import { userHash } from '../user-hash.js';
import type { SqlSteps } from './sql-steps.js';

/** The steps in PostgreSQL: each is one statement, and most of them call a function of the schema. */
export class FunctionSteps implements SqlSteps {
  constructor(
    private readonly connection: SqlConnection,
    private readonly names: SqlNames,
    private readonly records: SqlRecords,
    private readonly clock: () => number,
  ) {}

  async addEntry(
    user: string,
    { key, expiresAt }: IndexEntry,
    limit: SessionLimit | undefined,
  ): Promise<EntryOutcome> {
    const rows = await this.call('add_entry', [
      user,
      key,
      Math.ceil(expiresAt),
      ...limitValues(limit),
      this.clock(),
    ]);
    return isOutcome('full')(rows[0]) ? 'full' : { evicted: evictedIn(rows) };
  }

  async changeEntry(
    user: string,
    { key, expiresAt }: IndexEntry,
    formerKey: string,
  ): Promise<boolean> {
    const values = [user, formerKey, key, Math.ceil(expiresAt), this.clock()];
    const [row] = await this.call('change_entry', values);
    return Number(Object.values(row ?? {})[0]) === 1;
  }

  async removeEntries(user: string, keys: readonly string[]): Promise<readonly boolean[]> {
    const { userSessions } = this.names;
    const asked = padded(keys);
    // Locked in one order, so that two calls about the same keys never wait for each other.
    const { rows } = await this.connection.run(
      `DELETE FROM ${userSessions} WHERE session_key IN (SELECT session_key FROM ${userSessions} WHERE user_hash = $1 AND expires_at > $2 AND session_key IN (${placeholders(asked.length, 3)}) ORDER BY session_key FOR UPDATE) RETURNING session_key`,
      [user, this.clock(), ...asked],
    );
    const removed = new Set(rows.map((row) => String(row['session_key'])));
    return keys.map((key) => removed.has(key));
  }

  async renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]> {
    const { sessions } = this.names;
    const asked = renewals.map((_renewal, place) => {
      const [key, version, expiry, payload] = [2, 3, 4, 5].map((first) => `$${first + 4 * place}`);
      return `(${key}::text, ${version}::bigint, ${expiry}::bigint, ${payload}::text)`;
    });
    const values = renewals.flatMap(({ key, version, record }) => [
      key,
      numberOf(version),
      Math.ceil(record.expiresAt),
      record.payload,
    ]);
    const { rows } = await this.connection.run(
      `WITH asked (session_key, version, expires_at, payload) AS (VALUES ${asked.join(', ')}), locked AS (SELECT session_key FROM ${sessions} WHERE expires_at > $1 AND session_key IN (SELECT session_key FROM asked) ORDER BY session_key FOR UPDATE) UPDATE ${sessions} s SET version = s.version + 1, turn = '', expires_at = asked.expires_at, payload = asked.payload FROM asked JOIN locked USING (session_key) WHERE s.session_key = asked.session_key AND s.version = asked.version RETURNING s.session_key`,
      [this.clock(), ...values],
    );
    const renewed = new Set(rows.map((row) => String(row['session_key'])));
    const others = renewals.filter(({ key }) => !renewed.has(key)).map(({ key }) => key);
    const there = await this.records.readMany(others);
    return renewals.map(({ key, version }) => {
      if (renewed.has(key)) return { version: numberOf(version) + 1 };
      const conflict = there[others.indexOf(key)];
      return conflict === undefined ? 'gone' : { conflict };
    });
  }

  async move({
    from,
    mark,
    to,
    record,
    entry,
    limit,
    needsFormerEntry,
  }: Move): Promise<MoveOutcome> {
    const rows = await this.call('move_session', [
      this.clock(),
      from?.key ?? null,
      from === undefined ? null : numberOf(from.version),
      from?.userId === undefined ? null : userHash(from.userId),
      from === undefined ? null : (mark?.payload ?? null),
      mark === undefined ? null : Math.ceil(mark.expiresAt),
      to,
      firstVersion(),
      record.payload,
      Math.ceil(record.expiresAt),
      entry === undefined ? null : userHash(entry.userId),
      entry === undefined ? null : Math.ceil(entry.expiresAt),
      ...limitValues(limit),
      Number(needsFormerEntry),
    ]);
    const last = rows.at(-1);
    const moved = rows.find(isOutcome('moved'));
    if (moved !== undefined) return { moved: versionFound(moved), evicted: evictedIn(rows) };
    if (last !== undefined && isOutcome('conflict')(last)) {
      const { found_payload: payload, found_version: version } = last;
      return { conflict: recordIn({ payload, version }) };
    }
    return (['taken', 'full'] as const).find((outcome) => isOutcome(outcome)(last)) ?? 'gone';
  }

  private async call(name: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const text = `SELECT * FROM ${this.names.of(name)}(${placeholders(values.length, 1)})`;
    return (await this.connection.run(text, values)).rows;
  }
}

/** Returns how many there may be, or -1 for any number, and 1 to refuse those that are too many. */
function limitValues(limit: SessionLimit | undefined): [number, number] {
  return [limit?.max ?? -1, Number(limit?.onExceed === 'reject')];
}

const isOutcome =
  (outcome: string) =>
  (row: SqlRow | undefined): boolean =>
    row?.['outcome'] === outcome;

function evictedIn(rows: readonly SqlRow[]): string[] {
  return rows.filter(isOutcome('evicted')).map((row) => String(row['evicted']));
}

function versionFound(row: SqlRow): Version {
  return Number(row['found_version']);
}
