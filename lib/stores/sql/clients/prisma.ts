import { peek } from '../../../reporting/thrown.js';
import type { RunStatement, SqlDatabase, SqlDialect, SqlValue } from '../sql-database.js';
import { native, returnsRows } from './placeholders.js';
import { hasMethods, rowsOf } from './shape.js';
import { allOrNothing } from './transactions.js';

interface PrismaQueries {
  $queryRawUnsafe(text: string, ...values: SqlValue[]): PromiseLike<unknown>;
  $executeRawUnsafe(text: string, ...values: SqlValue[]): PromiseLike<number>;
}

/** A generated `PrismaClient`. */
export interface Prisma extends PrismaQueries {
  $transaction<T>(
    work: (transaction: PrismaQueries) => Promise<T>,
    options?: { isolationLevel?: 'ReadCommitted' },
  ): Promise<T>;
}

/** By Prisma's names of providers. */
const DIALECTS: ReadonlyMap<unknown, SqlDialect> = new Map([
  ['postgresql', 'postgres'],
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['sqlite', 'sqlite'],
]);

export function isPrisma(value: unknown): value is Prisma {
  return hasMethods(value, '$queryRawUnsafe', '$executeRawUnsafe', '$transaction');
}

export function prismaDialect(prisma: Prisma): SqlDialect | undefined {
  return DIALECTS.get(peek(prisma, '_activeProvider'));
}

export function prismaDatabase(prisma: Prisma, dialect: SqlDialect): SqlDatabase {
  const options = dialect === 'postgres' ? { isolationLevel: 'ReadCommitted' as const } : {};
  return {
    dialect,
    run: runOn(prisma, dialect),
    transaction: (work) =>
      prisma.$transaction((prisma) => allOrNothing(runOn(prisma, dialect), work), options),
  };
}

function runOn(prisma: PrismaQueries, dialect: SqlDialect): RunStatement {
  return async (text, values) => {
    const statement = native(text, dialect);
    if (!returnsRows(text)) {
      return { rows: [], affected: await prisma.$executeRawUnsafe(statement, ...values) };
    }
    const rows = rowsOf(await prisma.$queryRawUnsafe(statement, ...values));
    return { rows, affected: undefined };
  };
}
