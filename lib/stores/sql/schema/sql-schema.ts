import type { SqlDialect } from '../sql-database.js';
import { sqlNames } from '../sql-names.js';
import type { SqlNameOptions } from '../sql-names.js';
import { checkSchemaOptions } from '../sql-options.rule.js';
import { mysqlSchema } from './mysql-schema.js';
import { postgresFunctions } from './postgres-functions.js';
import { postgresSchema } from './postgres-schema.js';
import { sqliteSchema } from './sqlite-schema.js';

/** The version of the schema that this version of Sesame works with. */
export const SCHEMA_VERSION = 1;

/** How the schema is made. */
export interface SqlSchemaOptions extends SqlNameOptions {
  /**
   * PostgreSQL only: makes the tables UNLOGGED, which writes far less and is about twice as fast. A crash of
   * the server empties them, and replicas do not have them: all users are signed out.
   * @default false
   */
  unlogged?: boolean | undefined;
}

/**
 * Returns the statements that make the tables of `SqlSessionStore`, one by one, for a migration tool. They
 * are to be run once, in order, in a database that does not have the tables.
 * @throws TypeError when the dialect or an option is unknown or wrong, or `unlogged` is not for this dialect
 */
export function schemaStatements(
  dialect: SqlDialect,
  options: SqlSchemaOptions = {},
): readonly string[] {
  const { unlogged = false, ...names } = checkSchemaOptions(dialect, options);
  if (unlogged && dialect !== 'postgres') {
    throw new TypeError('SqlSessionStore: only PostgreSQL has unlogged tables. Remove unlogged.');
  }
  const all = sqlNames(dialect, names);
  const tables = {
    postgres: () => [...postgresSchema(all, unlogged), ...postgresFunctions(all)],
    mysql: () => mysqlSchema(all),
    sqlite: () => sqliteSchema(all),
  }[dialect]();
  const version = [
    `CREATE TABLE ${all.version} (version integer NOT NULL PRIMARY KEY)`,
    `INSERT INTO ${all.version} (version) VALUES (${SCHEMA_VERSION})`,
  ];
  // Last, so that a schema that was left incomplete counts as none.
  return [...tables, ...version];
}

/** Returns the same as one script. */
export function schemaSql(dialect: SqlDialect, options: SqlSchemaOptions = {}): string {
  const statements = schemaStatements(dialect, options).map((one) => `${one};\n`);
  return statements.join('\n');
}
