import { describe } from '@jest/globals';
import { describeIfMariaDb } from '../../../support/servers/mariadb-server.js';
import { storesToTry } from '../../../support/stores/stores-to-try.js';
import type { OpenBackend } from './backend.js';
import { memoryBackend } from './memory-backend.js';
import { nodeRedisBackend, redisBackend } from './redis-backends.js';
import { mariaDbBackend, postgresBackend, sqliteBackend } from './sql-backends.js';

const BACKENDS = {
  'one Redis': redisBackend,
  'one Redis, by node-redis': nodeRedisBackend,
  'one memory store': memoryBackend,
  'one memory store that moves sessions step by step': (gate) =>
    memoryBackend(gate, { moves: false }),
  'one PostgreSQL': postgresBackend,
  'one SQLite': sqliteBackend,
  'one MariaDB': mariaDbBackend,
} satisfies Readonly<Record<string, OpenBackend>>;

type BackendName = keyof typeof BACKENDS;

/**
 * Runs a suite of two instances on each of these backends.
 * @param shares how much of the schedules each gets
 */
export function describeOnBackends(
  shares: readonly (readonly [BackendName, number])[],
  suite: (open: OpenBackend, share: number) => void,
): void {
  const tried = storesToTry(shares);
  // Where only one is tried, it gets what the others would have had.
  const scale = sum(shares) / sum(tried);
  for (const [name, share] of tried) {
    const describeHere = name === 'one MariaDB' ? describeIfMariaDb : describe;
    describeHere(`two instances on ${name}`, () => suite(BACKENDS[name], share * scale));
  }
}

function sum(shares: readonly (readonly [BackendName, number])[]): number {
  return shares.reduce((total, [, share]) => total + share, 0);
}
