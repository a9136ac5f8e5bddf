import { openMemoryStore } from './memory.store.js';
import { openMySqlStore } from './mysql.store.js';
import type { OpenedStore } from './opened-store.js';
import { openPostgresStore } from './postgres.store.js';
import { openNodeRedisStore, openRedisStore } from './redis.store.js';
import { openSealedCookieStore } from './sealed-cookie.store.js';
import { openSqlMySqlStore, openSqlPostgresStore, openSqlSqliteStore } from './sql.store.js';
import { openSqliteStore } from './sqlite.store.js';

export const STORE_NAMES = [
  'memory',
  'sealed-cookie',
  'redis',
  'node-redis',
  'sql-postgres',
  'sql-mysql',
  'sql-sqlite',
  'postgres',
  'sqlite',
  'mysql',
] as const;

export type StoreName = (typeof STORE_NAMES)[number];

export interface StorePlace {
  /** Where a server or a file is. */
  readonly url: string;
  /** What seals a cookie that carries the session. */
  readonly keys: string[];
}

export function isStoreName(name: string): name is StoreName {
  return STORE_NAMES.some((one) => one === name);
}

export async function openStore(name: StoreName, { url, keys }: StorePlace): Promise<OpenedStore> {
  switch (name) {
    case 'memory':
      return openMemoryStore();
    case 'sealed-cookie':
      return openSealedCookieStore(keys);
    case 'redis':
      return openRedisStore(url);
    case 'node-redis':
      return openNodeRedisStore(url);
    case 'sql-postgres':
      return openSqlPostgresStore(url);
    case 'sql-mysql':
      return openSqlMySqlStore(url);
    case 'sql-sqlite':
      return openSqlSqliteStore(url);
    case 'postgres':
      return openPostgresStore(url);
    case 'sqlite':
      return openSqliteStore(url);
    case 'mysql':
      return openMySqlStore(url);
  }
}
