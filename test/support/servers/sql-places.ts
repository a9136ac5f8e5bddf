import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { createPool } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { schemaStatements, SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect, SqlSchemaOptions, SqlSessionStoreOptions } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { MariaDbServer } from './mariadb-server.js';
import { PostgresServer } from './postgres-server.js';

type SqlClient = SqlSessionStoreOptions['client'];
type Row = Readonly<Record<string, unknown>>;

/** A client of a database, and how a test itself talks to that database. */
interface Opened {
  readonly client: SqlClient;
  query(text: string): Promise<readonly Row[]>;
  begin(): Promise<OpenTransaction>;
  end(): Promise<unknown>;
}

/** A transaction that a test has open beside the store's. */
export interface OpenTransaction {
  run(text: string): Promise<unknown>;
  /** Ends it, and undoes what it did. */
  end(): Promise<void>;
}

/** The transactions that wait for another's lock. */
const WAITING: Readonly<Record<Exclude<SqlDialect, 'sqlite'>, string>> = {
  postgres: "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
  // The table of transactions is of no use: it repeats an old answer if it is asked often.
  mysql: "SELECT id FROM information_schema.processlist WHERE state = 'Updating' AND time_ms > 100",
};

/** A real database with the tables of `SqlSessionStore`, or without. */
export class SqlPlace {
  private readonly others: { end(): Promise<unknown> }[] = [];
  private readonly open = new Set<() => Promise<void>>();
  private readonly own: Opened;

  private constructor(
    readonly dialect: SqlDialect,
    readonly url: string,
    private readonly connect: () => Opened,
    private readonly stopServer: () => Promise<void>,
  ) {
    this.own = this.connect();
  }

  static async start(dialect: SqlDialect): Promise<SqlPlace> {
    return STARTS[dialect]((...made) => new SqlPlace(dialect, ...made));
  }

  /** One more client, as another instance of an application has it. */
  another(): Opened {
    const other = this.connect();
    this.others.push(other);
    return other;
  }

  /** A pool of `pg`, which ends with the clients. */
  pool(options: PoolConfig = {}): Pool {
    const pool = new Pool({ connectionString: this.url, max: 5, ...options });
    this.others.push({ end: () => pool.end() });
    return pool;
  }

  /** A store on a client of its own. */
  store(options: Partial<SqlSessionStoreOptions> = {}): SqlSessionStore {
    const { client = this.another().client } = options;
    return new SqlSessionStore({ cleanUp: false, ...options, client });
  }

  query(text: string): Promise<readonly Row[]> {
    return this.own.query(text);
  }

  async begin(): Promise<OpenTransaction> {
    const { run, end } = await this.own.begin();
    const once = async (): Promise<void> => {
      if (this.open.delete(once)) await end();
    };
    this.open.add(once);
    return { run, end: once };
  }

  /** Whether a transaction waits for the lock of another; SQLite does not say. */
  async isSomebodyWaiting(): Promise<boolean> {
    if (this.dialect === 'sqlite') return true;
    return (await this.query(WAITING[this.dialect])).length > 0;
  }

  async install(options: SqlSchemaOptions = {}): Promise<void> {
    for (const statement of schemaStatements(this.dialect, options)) await this.query(statement);
  }

  /** Also ends what a failed test has left open, since emptying the tables would wait for its locks. */
  async empty(): Promise<void> {
    for (const end of this.open) await end();
    await this.query('DELETE FROM sesame_sessions');
    await this.query('DELETE FROM sesame_user_sessions');
  }

  /** Ends the clients that were made so far: a server takes only so many connections. */
  async endOthers(): Promise<void> {
    await Promise.all(this.others.splice(0).map((other) => other.end()));
  }

  async stop(): Promise<void> {
    await this.endOthers();
    await this.own.end();
    await this.stopServer();
  }
}

type Made = (url: string, connect: () => Opened, stop: () => Promise<void>) => SqlPlace;

const STARTS: Readonly<Record<SqlDialect, (made: Made) => Promise<SqlPlace>>> = {
  postgres: async (made) => {
    const server = await PostgresServer.start();
    const connect = (): Opened => {
      const client = new Pool({ connectionString: server.url, max: 5 });
      return {
        client,
        query: async (text) => (await client.query<Row>(text)).rows,
        begin: async () => {
          const connection = await client.connect();
          // A deadlock with it is reported to the other side.
          await connection.query("BEGIN; SET LOCAL deadlock_timeout = '1min'");
          const end = async (): Promise<void> => {
            await connection.query('ROLLBACK');
            connection.release();
          };
          return { run: (text) => connection.query(text), end };
        },
        end: () => client.end(),
      };
    };
    return made(server.url, connect, () => server.stop());
  },
  mysql: async (made) => {
    const server = await MariaDbServer.start();
    const connect = (): Opened => {
      const client = createPool({ uri: server.url, connectionLimit: 5 });
      const query = async (text: string): Promise<readonly Row[]> => {
        const [rows] = await client.query<Row[] & RowDataPacket[]>(text);
        return Array.isArray(rows) ? rows : []; // for a statement without rows, it is what was changed
      };
      const begin = async (): Promise<OpenTransaction> => {
        const connection = await client.getConnection();
        await connection.beginTransaction();
        const end = async (): Promise<void> => {
          await connection.rollback();
          connection.release();
        };
        return { run: (text) => connection.query(text), end };
      };
      return { client, query, begin, end: () => client.end() };
    };
    return made(server.url, connect, () => server.stop());
  },
  sqlite: async (made) => {
    const folder = await mkdtemp(join(tmpdir(), 'sesame-sqlite-'));
    const file = join(folder, 'sessions.sqlite');
    const connect = (): Opened => {
      const client = new Database(file);
      client.pragma('journal_mode = WAL');
      const query = async (text: string): Promise<readonly Row[]> => {
        const statement = client.prepare(text);
        if (!statement.reader) statement.run();
        return statement.reader ? statement.all().map((row): Row => Object(row)) : [];
      };
      const begin = async (): Promise<OpenTransaction> => {
        client.exec('BEGIN IMMEDIATE');
        const end = async (): Promise<void> => {
          client.exec('ROLLBACK');
        };
        return { run: query, end };
      };
      return { client, query, begin, end: async () => client.close() };
    };
    return made(file, connect, () => rm(folder, { recursive: true, force: true }));
  },
};
