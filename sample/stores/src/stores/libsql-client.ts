import BetterSqlite3Client from 'knex/lib/dialects/better-sqlite3/index.js';
import Database from 'libsql';

/**
 * SQLite by the libsql package, which has better-sqlite3's interface and needs no compiler to be
 * installed. Where better-sqlite3 is at hand, `client: 'better-sqlite3'` does without this.
 */
export class LibsqlClient extends BetterSqlite3Client {
  override _driver(): typeof Database {
    return Database;
  }
}
