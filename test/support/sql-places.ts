import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { createPool } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { schemaStatements, SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect, SqlSchemaOptions, SqlSessionStoreOptions } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { MariaDbServer } from './mariadb-server.js';
import { PostgresServer } from './postgres-server.js';

type SqlClient = SqlSessionStoreOptions['client'];
type Row = Readonly<Record<string, unknown>>;

/** A client of a database, and how a test speaks to that database itself. */
interface Opened {
  readonly client: SqlClient;
  query(text: string): Promise<readonly Row[]>;
  end(): Promise<unknown>;
}

/** A real database with the tables of `SqlSessionStore`, or without. */
export class SqlPlace {
  private readonly opened: Opened[] = [];
  private readonly own: Opened;

  private constructor(
    readonly dialect: SqlDialect,
    private readonly connect: () => Opened,
    private readonly stopServer: () => Promise<void>,
  ) {
    this.own = this.another();
  }

  static async start(dialect: SqlDialect): Promise<SqlPlace> {
    return STARTS[dialect]((connect, stop) => new SqlPlace(dialect, connect, stop));
  }

  /** One more client, as one more instance of an application has it. */
  another(): Opened {
    const opened = this.connect();
    this.opened.push(opened);
    return opened;
  }

  /** A store on a client of its own. */
  store(options: Partial<SqlSessionStoreOptions> = {}): SqlSessionStore {
    const { client = this.another().client } = options;
    return new SqlSessionStore({ cleanUp: false, ...options, client });
  }

  query(text: string): Promise<readonly Row[]> {
    return this.own.query(text);
  }

  async install(options: SqlSchemaOptions = {}): Promise<void> {
    for (const statement of schemaStatements(this.dialect, options)) await this.query(statement);
  }

  async empty(): Promise<void> {
    await this.query('DELETE FROM sesame_sessions');
    await this.query('DELETE FROM sesame_user_sessions');
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.map((one) => one.end()));
    await this.stopServer();
  }
}

type Made = (connect: () => Opened, stop: () => Promise<void>) => SqlPlace;

const STARTS: Readonly<Record<SqlDialect, (made: Made) => Promise<SqlPlace>>> = {
  postgres: async (made) => {
    const server = await PostgresServer.start();
    const connect = (): Opened => {
      const client = new Pool({ connectionString: server.url });
      return {
        client,
        query: async (text) => (await client.query<Row>(text)).rows,
        end: () => client.end(),
      };
    };
    return made(connect, () => server.stop());
  },
  mysql: async (made) => {
    const server = await MariaDbServer.start();
    const connect = (): Opened => {
      const client = createPool({ uri: server.url });
      const query = async (text: string): Promise<readonly Row[]> => {
        const [rows] = await client.query<Row[] & RowDataPacket[]>(text);
        return Array.isArray(rows) ? rows : []; // of a statement that has none, what it changed
      };
      return { client, query, end: () => client.end() };
    };
    return made(connect, () => server.stop());
  },
  sqlite: async (made) => {
    const folder = await mkdtemp(join(tmpdir(), 'sesame-sqlite-'));
    const connect = (): Opened => {
      const client = new Database(join(folder, 'sessions.sqlite'));
      client.pragma('journal_mode = WAL');
      const query = async (text: string): Promise<readonly Row[]> => {
        const statement = client.prepare(text);
        if (!statement.reader) statement.run();
        return statement.reader ? statement.all().map((row) => ({ ...Object(row) })) : [];
      };
      return { client, query, end: async () => client.close() };
    };
    return made(connect, () => rm(folder, { recursive: true, force: true }));
  },
};
