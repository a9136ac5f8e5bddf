import { peek } from '../../../../reporting/thrown.js';
import type { RunStatement, SqlDatabase, SqlRow, SqlValue } from '../../sql-database.js';
import { hasMethods } from '../shape.js';
import { databaseOver } from '../transactions.js';
import type { Connection } from '../transactions.js';

/** A connection of `pg`. */
export interface PgConnection {
  query(text: string, values?: SqlValue[]): Promise<{ rows: SqlRow[]; rowCount: number | null }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

interface PooledConnection extends PgConnection {
  release(destroy?: boolean): void;
}

/** A `Pool` of `pg`, or one with its methods, such as Neon's. */
export interface PgPool {
  readonly totalCount: number;
  connect(): Promise<PooledConnection>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

export function isPgPool(value: unknown): value is PgPool {
  return hasMethods(value, 'connect', 'query') && peek(value, 'totalCount') !== undefined;
}

export function isPgConnection(value: unknown): value is PgConnection {
  return hasMethods(value, 'query', 'on', 'removeListener', 'escapeIdentifier');
}

export function pgDatabase(pool: PgPool): SqlDatabase {
  // Without a listener, an idle connection that breaks would end the process, too.
  pool.removeListener('error', ignore); // of another store on the same pool
  pool.on('error', ignore);
  return databaseOver('postgres', async () => {
    const pg = await pool.connect();
    return pgConnection(pg, (isBroken) => pg.release(isBroken));
  });
}

export function pgConnection(pg: PgConnection, release: (isBroken: boolean) => void): Connection {
  // Pools listen only while a connection is idle: one in use that breaks would end the process.
  pg.on('error', ignore);
  const letGo = (isBroken: boolean): void => {
    pg.removeListener('error', ignore);
    release(isBroken);
  };
  return {
    run: runOn(pg),
    control: (statement) => pg.query(statement),
    giveBack: () => letGo(false),
    discard: () => letGo(true),
  };
}

/** Runs statements without names: a named one is bound to a connection, which PgBouncer changes. */
function runOn(pg: PgConnection): RunStatement {
  return async (text, values) => {
    const { rows, rowCount } = await pg.query(text, [...values]);
    return { rows, affected: rowCount ?? undefined };
  };
}

/** Does nothing: the statement under way is rejected, too. */
function ignore(): void {}
