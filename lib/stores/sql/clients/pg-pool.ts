import type { RunStatement, SqlDatabase, SqlRow, SqlValue } from '../sql-database.js';
import { hasMethods } from './shape.js';
import { inTransaction } from './transactions.js';

interface PgQueries {
  query(text: string, values?: SqlValue[]): Promise<PgResult>;
}

interface PgResult {
  readonly rows: SqlRow[];
  readonly rowCount: number | null;
}

interface PgClient extends PgQueries {
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** A `Pool` of `pg`, or one with its methods, such as Neon's. */
export interface PgPool extends PgQueries {
  readonly totalCount: number;
  connect(): Promise<PgClient>;
}

export function isPgPool(value: object): value is PgPool {
  return hasMethods(value, 'query', 'connect') && 'totalCount' in value;
}

export function pgDatabase(pool: PgPool): SqlDatabase {
  return {
    dialect: 'postgres',
    run: runOn(pool),
    transaction: async (work) => {
      const client = await pool.connect();
      // The pool listens only while a client is idle: a connection that broke would end the process.
      client.on('error', ignore);
      const letGo = (destroy: boolean) => {
        client.removeListener('error', ignore);
        client.release(destroy);
      };
      const connection = {
        run: runOn(client),
        control: (statement: string) => client.query(statement),
        giveBack: () => letGo(false),
        discard: () => letGo(true),
      };
      return inTransaction(connection, 'BEGIN ISOLATION LEVEL READ COMMITTED', work);
    },
  };
}

/** Statements have no names: those would be bound to a connection, and PgBouncer changes it. */
function runOn(queries: PgQueries): RunStatement {
  return async (text, values) => {
    const { rows, rowCount } = await queries.query(text, [...values]);
    return { rows, affected: rowCount ?? undefined };
  };
}

/** The statement under way is rejected, too. */
function ignore(): void {}
