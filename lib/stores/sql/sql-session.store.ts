import { brand } from '../../copies/brand.js';
import type {
  IndexedSessionStore,
  Move,
  MoveOutcome,
  ReadRecord,
  RemoveOutcome,
  Renewal,
  ReplaceOutcome,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from '../session-store.js';
import { systemClock } from '../system-clock.js';
import { databaseOf } from './clients/database-of.js';
import type { SqlClient } from './clients/database-of.js';
import { SCHEMA_VERSION } from './schema/sql-schema.js';
import { SqlCleanUp } from './sql-clean-up.js';
import { SqlConnection, SqlSchemaError } from './sql-connection.js';
import type { SqlDialect } from './sql-database.js';
import { isSqlKey, requireSqlKey } from './sql-keys.js';
import { sqlNames } from './sql-names.js';
import type { SqlNameOptions, SqlNames } from './sql-names.js';
import { checkSqlOptions } from './sql-options.rule.js';
import { SqlRecords } from './sql-records.js';
import { SqlUserIndex } from './sql-user-index.js';
import { FunctionSteps } from './steps/function-steps.js';
import type { SqlSteps } from './steps/sql-steps.js';
import { TransactionSteps } from './steps/transaction-steps.js';

/** Options of {@link SqlSessionStore}. */
export interface SqlSessionStoreOptions extends SqlNameOptions {
  /** The application's own client of the database. Sesame uses it as it is, and never closes it. */
  client: SqlClient;
  /**
   * What the database is, if the client does not tell.
   * @default as the client says
   */
  dialect?: SqlDialect | undefined;
  /**
   * Whether to remove what has expired, a few hundred rows at a time, every five to ten minutes. It
   * counts as absent in any case.
   * @default true
   */
  cleanUp?: boolean | undefined;
  /**
   * The clock that decides what has expired, in epoch milliseconds. For tests.
   * @default Date.now
   */
  clock?: (() => number) | undefined;
}

/**
 * Keeps sessions in PostgreSQL 13, MySQL 8, MariaDB 10.6 or SQLite 3.35, or newer: exact under parallel
 * requests on any number of instances. Its tables are made beforehand, with the SQL that `npx nestjs-sesame
 * sql <dialect>` prints.
 */
export class SqlSessionStore implements IndexedSessionStore {
  static {
    brand(this, 'SqlSessionStore');
  }

  /** Which sessions a user has. */
  readonly users: UserIndex;
  private readonly connection: SqlConnection;
  private readonly names: SqlNames;
  private readonly records: SqlRecords;
  private readonly steps: SqlSteps;
  private readonly expired: SqlCleanUp;
  private readonly removesExpired: boolean;

  /** @throws TypeError when an option is missing, unknown, or wrong */
  constructor(options: SqlSessionStoreOptions) {
    const {
      client,
      dialect,
      cleanUp = true,
      clock = systemClock,
      ...names
    } = checkSqlOptions(options);
    const connection = new SqlConnection(databaseOf(client, dialect));
    this.connection = connection;
    this.names = sqlNames(connection.dialect, names);
    this.records = new SqlRecords(connection, this.names, clock);
    const { transaction } = connection;
    this.steps =
      transaction === undefined || connection.dialect === 'postgres'
        ? new FunctionSteps(connection, this.names, this.records, clock)
        : new TransactionSteps(connection.dialect, transaction, this.names, clock);
    this.users = new SqlUserIndex(connection, this.names, this.steps, clock);
    this.expired = new SqlCleanUp(connection, this.names);
    this.removesExpired = cleanUp;
  }

  /** With `hashIds: false`, an application may ask for any id. */
  read(key: string): Promise<ReadRecord | undefined> {
    return isSqlKey(key) ? this.records.read(key) : Promise.resolve(undefined);
  }

  readMany(keys: readonly string[]): Promise<readonly (ReadRecord | undefined)[]> {
    return this.records.readMany(keys);
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    requireSqlKey(key);
    return this.records.create(key, record);
  }

  /** Where several instances write to one session, each of them gets its turn. */
  replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    return this.records.replace(key, version, record, turn);
  }

  async renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]> {
    return renewals.length === 0 ? [] : this.steps.renewMany(renewals);
  }

  remove(key: string, version?: Version): Promise<RemoveOutcome> {
    return this.records.remove(key, version);
  }

  put(key: string, record: StoredRecord): Promise<void> {
    return this.records.put(key, record);
  }

  async move(move: Move): Promise<MoveOutcome> {
    requireSqlKey(move.to);
    return this.steps.move(move);
  }

  /**
   * Checks that the tables are there, and as this version needs them; from then on, removes what has expired.
   * A database that cannot be reached is left to the requests.
   * @param patience for how many milliseconds an answer is waited for, at most
   * @throws SqlSchemaError when they are not
   */
  async prepare(patience: number): Promise<void> {
    this.connection.patience = patience;
    if (this.removesExpired) this.expired.begin();
    const text = `SELECT version FROM ${this.names.version}`;
    const answer = await this.connection.run(text, []).catch((error: unknown) => {
      if (error instanceof SqlSchemaError) throw error;
      return undefined;
    });
    const versions = answer?.rows.map((row) => Number(row['version'])) ?? [SCHEMA_VERSION];
    if (!versions.includes(SCHEMA_VERSION)) {
      throw new SqlSchemaError(
        `The tables of SqlSessionStore are of version ${versions.join(', ')}, and this version of Sesame needs ${SCHEMA_VERSION}. Run what this prints in your database: npx nestjs-sesame sql ${this.connection.dialect}.`,
      );
    }
  }

  /** Removes what has expired, in small steps, and returns how many rows that was. A timer does so, too. */
  removeExpired(): Promise<number> {
    return this.expired.round();
  }

  isAnswerLost(error: unknown): boolean {
    return this.connection.isAnswerLost(error);
  }

  /** Stops removing what has expired. The client of the application stays open. */
  async close(): Promise<void> {
    this.expired.close();
    await this.connection.close();
  }
}
