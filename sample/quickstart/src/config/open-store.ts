import type { SessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { schemaSql, SqlSessionStore } from 'nestjs-sesame/sql';

/** Where sessions are kept, and how to let go of it when the application has ended. */
export interface OpenedStore {
  /** `undefined` for the embedded default, this process's memory. */
  readonly store: SessionStore | undefined;
  close(): void;
}

/** Redis where `REDIS_URL` names one, or the SQLite file that `SESSION_DB` names. */
export async function openStore(): Promise<OpenedStore> {
  const { REDIS_URL: url, SESSION_DB: file } = process.env;
  if (url) return { store: new RedisSessionStore({ url }), close: () => undefined };
  if (file) return openSqlite(file);
  return { store: undefined, close: () => undefined };
}

/** In an application of your own, a migration makes the tables; they are never made in a request. */
async function openSqlite(file: string): Promise<OpenedStore> {
  const { default: Database } = await import('libsql'); // only where it is asked for
  const database = new Database(file);
  database.pragma('journal_mode = WAL'); // other processes can read while one writes
  database.exec('BEGIN IMMEDIATE');
  const tables = database.prepare("SELECT 1 FROM sqlite_master WHERE name LIKE 'sesame_%'").all();
  if (tables.length === 0) database.exec(schemaSql('sqlite'));
  database.exec('COMMIT');
  const close = (): void => {
    database.close();
  };
  return { store: new SqlSessionStore({ client: database }), close };
}
