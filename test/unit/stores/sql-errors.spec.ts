import { describe, expect, it } from '@jest/globals';
import type { SqlDialect } from '../../../lib/stores/sql/sql-database.js';
import { isAnswerLost } from '../../../lib/stores/sql/sql-errors.js';

/** An error of Prisma, about what its adapter says. */
const byPrisma = (cause: object): object => ({
  code: 'P2010',
  meta: { driverAdapterError: { cause } },
});

describe('after an error, it is', () => {
  it.each<[string, boolean, SqlDialect, object]>([
    ['unknown what was done: a broken connection of pg', true, 'postgres', { code: 'ECONNRESET' }],
    ['unknown: a server that shuts down', true, 'postgres', { code: '57P01' }],
    [
      'unknown: a broken connection, by Prisma',
      true,
      'postgres',
      byPrisma({ kind: 'ConnectionClosed' }),
    ],
    ['unknown: a broken connection of mysql2', true, 'mysql', { code: 'PROTOCOL_CONNECTION_LOST' }],
    ['known: a refusal of PostgreSQL', false, 'postgres', { code: '23514' }],
    [
      'known: a refusal of PostgreSQL, by Prisma',
      false,
      'postgres',
      byPrisma({ originalCode: '23514' }),
    ],
    ['known: a refusal of MySQL', false, 'mysql', { errno: 1406, sqlState: '22001' }],
    ['known: whatever SQLite says', false, 'sqlite', { code: 'SQLITE_FULL' }],
  ])('%s', (_what, isLost, dialect, error) => {
    expect(isAnswerLost(error, dialect)).toBe(isLost);
  });
});
