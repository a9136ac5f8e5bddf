import { peek } from '../../../reporting/thrown.js';
import type { RunStatement, SqlDatabase, SqlDialect } from '../sql-database.js';
import { native } from './placeholders.js';
import { hasMethods, rowsOf } from './shape.js';
import { BEGIN, inTransaction } from './transactions.js';

/** What `CompiledQuery.raw()` of Kysely makes. */
interface CompiledQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly query: {
    readonly kind: 'RawNode';
    readonly sqlFragments: readonly string[];
    readonly parameters: readonly [];
  };
  readonly queryId: { readonly queryId: string };
}

interface KyselyQueries {
  executeQuery(
    query: CompiledQuery,
  ): Promise<{ readonly rows: unknown[]; readonly numAffectedRows?: bigint | undefined }>;
  /** Drops the plugins, one of which changes the names of columns. */
  withoutPlugins(): KyselyQueries;
}

/** A `Kysely` of the package of this name. */
export interface Kysely extends KyselyQueries {
  connection(): { execute<T>(work: (db: KyselyQueries) => Promise<T>): Promise<T> };
  getExecutor(): { readonly adapter: object };
}

export function isKysely(value: unknown): value is Kysely {
  return hasMethods(value, 'executeQuery', 'withoutPlugins', 'connection', 'getExecutor');
}

/** Goes by what the adapters of these three can do, and no other's: their names are lost in a bundle. */
export function kyselyDialect(db: Kysely): SqlDialect | undefined {
  const { adapter } = db.getExecutor();
  if (peek(adapter, 'supportsOutput') === true) return undefined;
  const returns = peek(adapter, 'supportsReturning') === true;
  if (peek(adapter, 'supportsTransactionalDdl') === true) return returns ? 'postgres' : undefined;
  return returns ? 'sqlite' : 'mysql';
}

export function kyselyDatabase(kysely: Kysely, dialect: SqlDialect): SqlDatabase {
  return {
    dialect,
    run: runOn(kysely, dialect),
    transaction: (work) =>
      kysely.connection().execute((db) => {
        const run = runOn(db, dialect);
        const connection = {
          run,
          control: (statement: string) => run(statement, []),
          giveBack: () => undefined, // Kysely does so when this is over
          discard: () => undefined,
        };
        return inTransaction(connection, BEGIN[dialect], work);
      }),
  };
}

function runOn(db: KyselyQueries, dialect: SqlDialect): RunStatement {
  const plain = db.withoutPlugins();
  return async (text, values) => {
    const sql = native(text, dialect);
    const { rows, numAffectedRows } = await plain.executeQuery({
      sql,
      parameters: [...values],
      query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
      queryId: { queryId: 'sesame' },
    });
    const affected = numAffectedRows === undefined ? undefined : Number(numAffectedRows);
    return { rows: rowsOf(rows), affected };
  };
}
