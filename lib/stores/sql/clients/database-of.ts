import { printable } from '../../../reporting/printable.js';
import { peek } from '../../../reporting/thrown.js';
import { typeName } from '../../../reporting/type-name.js';
import type { SqlDatabase, SqlDialect } from '../sql-database.js';
import { clientMistake } from './client-mistakes.js';
import { isMysqlCallbackPool, isMysqlPool, mysqlDatabase } from './drivers/mysql-pool.js';
import type { MysqlCallbackPool, MysqlPool } from './drivers/mysql-pool.js';
import { isPgPool, pgDatabase } from './drivers/pg-pool.js';
import type { PgPool } from './drivers/pg-pool.js';
import { isPostgresJs, postgresJsDatabase } from './drivers/postgres-js.js';
import type { PostgresJs } from './drivers/postgres-js.js';
import { isSqliteConnection, sqliteDatabase } from './drivers/sqlite-connection.js';
import type { SqliteConnection } from './drivers/sqlite-connection.js';
import { isKnex, knexDatabase, knexDialect } from './knex.js';
import type { Knex } from './knex.js';
import { isKysely, kyselyDatabase, kyselyDialect } from './kysely.js';
import type { Kysely } from './kysely.js';
import { isPrisma, prismaDatabase, prismaDialect } from './prisma.js';
import type { Prisma } from './prisma.js';
import { hasMethods } from './shape.js';
import { functionDatabase, isStatementFunction } from './statement-function.js';
import type { StatementFunction } from './statement-function.js';
import { isTypeOrmDataSource, typeOrmDatabase, typeOrmDialect } from './typeorm.js';
import type { TypeOrmDataSource } from './typeorm.js';

/** What an application talks to its database with. None of these packages has to be installed. */
export type SqlClient =
  | PgPool
  | PostgresJs
  | MysqlPool
  | MysqlCallbackPool
  | SqliteConnection
  | TypeOrmDataSource
  | Prisma
  | Drizzle
  | Kysely
  | Knex
  | StatementFunction;

/** What `drizzle()` makes, on top of one of the other clients. */
export interface Drizzle {
  readonly $client: unknown;
}

/**
 * Returns the database behind a client of the application.
 * @throws TypeError when it is no such client, or its dialect is not known
 */
export function databaseOf(client: SqlClient, dialect?: SqlDialect): SqlDatabase {
  return found(client, dialect);
}

function found(client: unknown, given: SqlDialect | undefined): SqlDatabase {
  const as = (told: SqlDialect | undefined): SqlDialect => dialectOf(told, given);
  if (isDrizzle(client)) return found(client.$client, given);
  if (isPrisma(client)) return prismaDatabase(client, as(prismaDialect(client)));
  if (isKysely(client)) return kyselyDatabase(client, as(kyselyDialect(client)));
  if (isKnex(client)) return knexDatabase(client, as(knexDialect(client)));
  if (isTypeOrmDataSource(client)) return typeOrmDatabase(client, as(typeOrmDialect(client)));
  if (isPgPool(client) && as('postgres')) return pgDatabase(client);
  if (isPostgresJs(client) && as('postgres')) return postgresJsDatabase(client);
  if (isMysqlCallbackPool(client) && as('mysql')) return mysqlDatabase(client.promise());
  if (isMysqlPool(client) && as('mysql')) return mysqlDatabase(client);
  if (isSqliteConnection(client) && as('sqlite')) return sqliteDatabase(client);
  const mistake = clientMistake(client);
  if (mistake !== undefined) throw invalid(`client ${mistake}`);
  if (!isStatementFunction(client)) throw invalid(`client is ${described(client)}. ${TAKEN}`);
  if (given === 'postgres') return functionDatabase(client);
  throw invalid(
    given === undefined
      ? "client is a function, so set dialect: 'postgres'."
      : 'client is a function, which is enough for PostgreSQL only: give the client itself.',
  );
}

const TAKEN =
  'Give a pool of pg or mysql2, postgres(), a DataSource, PrismaClient, Drizzle, Kysely or Knex, or an open SQLite database.';

function dialectOf(told: SqlDialect | undefined, given: SqlDialect | undefined): SqlDialect {
  const dialect = given ?? told;
  if (dialect === undefined) {
    throw invalid(
      "client does not say that its database is PostgreSQL, MySQL, MariaDB or SQLite. If it is, set dialect to 'postgres', 'mysql' or 'sqlite'.",
    );
  }
  if (told !== undefined && told !== dialect) {
    throw invalid(`dialect is ${printable(dialect)}, but client is of ${told}. Remove dialect.`);
  }
  return dialect;
}

function isDrizzle(value: unknown): value is Drizzle {
  return (
    hasMethods(value, 'select', 'insert', 'transaction') && peek(value, '$client') !== undefined
  );
}

/**
 * Describes a client by the name of its class, which is no secret; never by its content, such as a password.
 */
function described(client: unknown): string {
  const name = peek(peek(client, 'constructor'), 'name');
  const isNamed = typeof client === 'object' && client !== null && typeof name === 'string';
  return isNamed && name !== 'Object' ? `of the class ${printable(name)}` : typeName(client);
}

function invalid(problem: string): TypeError {
  return new TypeError(`SqlSessionStore: ${problem}`);
}
