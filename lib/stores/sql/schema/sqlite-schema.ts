import type { SqlNames } from '../sql-names.js';

/** The tables in SQLite. The hour of the expiry is a column of its own so that a touch changes no index. */
export function sqliteSchema({ sessions, userSessions, of, bare }: SqlNames): readonly string[] {
  const expiry = `expires_at integer NOT NULL,
  expires_hour integer NOT NULL GENERATED ALWAYS AS (expires_at / 3600000) STORED`;
  // SQLite takes the schema before the name of an index, and not before that of its table.
  const index = (name: string, table: string, column: string): string =>
    `CREATE INDEX ${of(name)} ON ${bare(table)} (${column})`;
  return [
    `CREATE TABLE ${sessions} (
  session_key text NOT NULL PRIMARY KEY,
  version integer NOT NULL,
  ${expiry},
  turn text NOT NULL DEFAULT '',
  turn_until integer NOT NULL DEFAULT 0,
  payload text NOT NULL
)`,
    index('sessions_hour', 'sessions', 'expires_hour'),
    `CREATE TABLE ${userSessions} (
  session_key text NOT NULL PRIMARY KEY,
  user_hash text NOT NULL,
  ${expiry}
)`,
    index('user_sessions_user', 'user_sessions', 'user_hash'),
    index('user_sessions_hour', 'user_sessions', 'expires_hour'),
  ];
}
