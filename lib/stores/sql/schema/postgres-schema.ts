import type { SqlNames } from '../sql-names.js';

/**
 * The tables in PostgreSQL. No index has a column that a touch changes: the exact expiry is in none, only its
 * hour. So a touch is a heap-only update, which writes to no index, as long as its page has room; that is
 * what the fill factor is for. Payloads are text, since they may be sealed.
 */
export function postgresSchema(names: SqlNames, unlogged: boolean): readonly string[] {
  const { sessions, userSessions, bare } = names;
  const create = unlogged ? 'CREATE UNLOGGED TABLE' : 'CREATE TABLE';
  const expiry = `expires_at bigint NOT NULL,
  expires_hour bigint NOT NULL GENERATED ALWAYS AS (expires_at / 3600000) STORED`;
  return [
    `${create} ${sessions} (
  session_key text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  ${expiry},
  turn text NOT NULL DEFAULT '',
  turn_until bigint NOT NULL DEFAULT 0,
  payload text NOT NULL
) WITH (fillfactor = 70)`,
    `CREATE INDEX ${bare('sessions_hour')} ON ${sessions} (expires_hour)`,
    `${create} ${userSessions} (
  session_key text COLLATE "C" PRIMARY KEY,
  user_hash text COLLATE "C" NOT NULL,
  ${expiry}
) WITH (fillfactor = 70)`,
    `CREATE INDEX ${bare('user_sessions_user')} ON ${userSessions} (user_hash)`,
    `CREATE INDEX ${bare('user_sessions_hour')} ON ${userSessions} (expires_hour)`,
  ];
}
