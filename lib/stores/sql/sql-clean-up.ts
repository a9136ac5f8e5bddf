// Not the global one: an application's tests may have replaced it by fake timers.
import { setTimeout as pause } from 'node:timers/promises';
import { changesIn } from './sql-connection.js';
import type { SqlConnection } from './sql-connection.js';
import type { SqlAnswer, SqlDialect } from './sql-database.js';
import type { SqlNames } from './sql-names.js';

/** How many rows one statement removes: few enough that nobody waits long for them. */
const BATCH = 250;

/** How long others have the database to themselves after each, in milliseconds. */
const BREATH = 20;

/** How long to wait until the next round, in milliseconds: at least this, and at most twice as long. */
const PAUSE = 300_000;

/**
 * The hour of the database's own clock, so that an instance whose clock is wrong removes nothing that
 * is alive for others.
 */
const HOUR: Readonly<Record<SqlDialect, string>> = {
  postgres: 'floor(extract(epoch FROM now()) / 3600)::bigint',
  mysql: "TIMESTAMPDIFF(HOUR, '1970-01-01', UTC_TIMESTAMP())",
  sqlite: "CAST(strftime('%s', 'now') AS INTEGER) / 3600",
};

/**
 * Removes what has expired, once the hour of its expiry is over, in small steps. Any instance may do so: in
 * PostgreSQL they never wait for each other's rows, and elsewhere only for one step.
 */
export class SqlCleanUp {
  private readonly texts: readonly string[];
  private rounds: AbortController | undefined;

  constructor(
    private readonly connection: SqlConnection,
    { sessions, userSessions }: SqlNames,
  ) {
    this.texts = [sessions, userSessions].map((table) => removing(table, connection.dialect));
  }

  /** Begins, and goes on until it is closed. Instances that boot together do not begin together. */
  begin(): void {
    if (this.rounds !== undefined) return;
    this.rounds = new AbortController();
    // If the database does not answer, the requests will report that. When it is closed, its pause rejects.
    this.repeat(this.rounds.signal).catch(() => undefined);
  }

  close(): void {
    this.rounds?.abort();
    this.rounds = undefined;
  }

  /** Removes what has expired; returns how many rows that was. */
  async round(signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (const text of this.texts) total += await this.remove(text, signal);
    return total;
  }

  private async remove(text: string, signal: AbortSignal | undefined): Promise<number> {
    for (let total = 0; ;) {
      const removed = countIn(await this.connection.run(text, []));
      total += removed;
      if (removed < BATCH || signal?.aborted === true) return total;
      await pause(BREATH, undefined, { ref: false });
    }
  }

  private async repeat(signal: AbortSignal): Promise<void> {
    let wait = Math.random() * PAUSE;
    while (!signal.aborted) {
      await pause(wait, undefined, { ref: false, signal });
      await this.round(signal).catch(() => undefined);
      wait = PAUSE * (1 + Math.random());
    }
  }
}

function removing(table: string, dialect: SqlDialect): string {
  const expired = `expires_hour < ${HOUR[dialect]}`;
  if (dialect === 'mysql') {
    return `DELETE FROM ${table} WHERE ${expired} ORDER BY expires_hour LIMIT ${BATCH}`;
  }
  const locked = dialect === 'postgres' ? ' FOR UPDATE SKIP LOCKED' : '';
  const keys = `SELECT session_key FROM ${table} WHERE ${expired} LIMIT ${BATCH}${locked}`;
  if (dialect === 'sqlite') {
    return `DELETE FROM ${table} WHERE session_key IN (${keys}) RETURNING session_key`;
  }
  const removed = `DELETE FROM ${table} WHERE session_key = ANY (ARRAY(${keys})) RETURNING 1`;
  return `WITH removed AS (${removed}) SELECT count(*) AS removed FROM removed`;
}

/** Reads how many rows were removed. Only PostgreSQL counts them, so that the keys need not be sent. */
function countIn(answer: SqlAnswer): number {
  const counted = answer.rows[0]?.['removed'];
  return counted === undefined ? changesIn(answer) : Number(counted);
}
