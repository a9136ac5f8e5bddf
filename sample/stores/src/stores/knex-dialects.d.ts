/** knex has no types for its dialects. */
declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  import { knex } from 'knex';

  export default class BetterSqlite3Client extends knex.Client {
    _driver(): object;
  }
}
