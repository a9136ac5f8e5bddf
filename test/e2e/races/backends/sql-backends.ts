import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { SqlPlace } from '../../../support/servers/sql-places.js';
import type { Gate } from '../schedule.js';
import { isSession } from './backend.js';
import type { Backend } from './backend.js';
import { gated } from './gated-store.js';

/** PostgreSQL, whose every statement waits at the gate: each of them is a transaction of its own. */
export async function postgresBackend(gate: Gate): Promise<Backend> {
  const place = await SqlPlace.start('postgres');
  const pool = new Pool({ connectionString: place.url });
  const client = async (text: string, values: unknown[]): Promise<object> => {
    const answer: { rows?: unknown[] } = {};
    await gate.pass(text.slice(0, 30), async () => {
      ({ rows: answer.rows } = await pool.query(text, values));
    });
    return answer;
  };
  const another = (): SqlSessionStore =>
    new SqlSessionStore({ client, dialect: 'postgres', cleanUp: false });
  return sqlBackend(place, [another(), another()], () => pool.end());
}

/** SQLite, where each call of the store waits at the gate: its transactions write one at a time. */
export function sqliteBackend(gate: Gate): Promise<Backend> {
  return gatedSqlBackend('sqlite', gate);
}

/**
 * MariaDB, where each call of the store waits at the gate, and not each statement: one that waits for the
 * lock of a transaction, which itself waits at the gate, would be no step that ends.
 */
export function mariaDbBackend(gate: Gate): Promise<Backend> {
  return gatedSqlBackend('mysql', gate);
}

async function gatedSqlBackend(dialect: SqlDialect, gate: Gate): Promise<Backend> {
  const place = await SqlPlace.start(dialect);
  const stores = [gated(place.store(), gate), gated(place.store(), gate)] as const;
  return sqlBackend(place, stores, async () => undefined);
}

async function sqlBackend(
  place: SqlPlace,
  stores: Backend['stores'],
  end: () => Promise<void>,
): Promise<Backend> {
  await place.install();
  return {
    stores,
    sessions: async () => {
      const rows = await place.query('SELECT payload FROM sesame_sessions');
      return rows.filter(({ payload }) => isSession(String(payload))).length;
    },
    clear: () => place.empty(),
    close: async () => {
      await end();
      await place.stop();
    },
  };
}
