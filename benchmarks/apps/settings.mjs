// The settings that all applications share.
import { Redis } from 'ioredis';
import { Pool } from 'pg';

export const SECRET = 'a secret of forty characters, for all apps';
export const MAX_AGE = 24 * 60 * 60 * 1_000;

/** Sesame's own default, unless only answers and commands are checked. */
export const STORE_TIMEOUT = process.env.STORE_TIMEOUT;

export function connectToRedis() {
  return new Redis(process.env.REDIS_URL);
}

export function connectToPostgres() {
  return new Pool({ connectionString: process.env.POSTGRES_URL });
}
