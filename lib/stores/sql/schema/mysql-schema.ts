import type { SqlNames } from '../sql-names.js';
import { LOCKS } from '../user-hash.js';

/** Every column of text but the payload holds ASCII, and is compared as it is: case counts. */
const ASCII = 'CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

/**
 * The tables in MySQL and MariaDB. A transaction about a user locks one of a fixed number of rows: locking
 * the user's own rows would lock the gaps between them, too, where other users' rows belong.
 */
export function mysqlSchema({ sessions, userSessions, of, bare }: SqlNames): readonly string[] {
  const key = `session_key varchar(255) ${ASCII} PRIMARY KEY`;
  const expiry = `expires_at bigint NOT NULL,
  expires_hour bigint GENERATED ALWAYS AS (expires_at DIV 3600000) STORED`;
  const numbers = Array.from({ length: LOCKS }, (_, number) => `(${number})`);
  return [
    `CREATE TABLE ${sessions} (
  ${key},
  version bigint NOT NULL,
  ${expiry},
  turn varchar(64) ${ASCII} DEFAULT '',
  turn_until bigint NOT NULL DEFAULT 0,
  payload longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  KEY ${bare('sessions_hour')} (expires_hour)
) ENGINE = InnoDB`,
    `CREATE TABLE ${userSessions} (
  ${key},
  user_hash char(43) ${ASCII},
  ${expiry},
  KEY ${bare('user_sessions_user')} (user_hash),
  KEY ${bare('user_sessions_hour')} (expires_hour)
) ENGINE = InnoDB`,
    `CREATE TABLE ${of('locks')} (number smallint NOT NULL PRIMARY KEY) ENGINE = InnoDB`,
    `INSERT INTO ${of('locks')} (number) VALUES ${numbers.join(', ')}`,
  ];
}
