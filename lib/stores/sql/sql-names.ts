import { printable } from '../../reporting/printable.js';
import type { SqlDialect } from './sql-database.js';

/** What the tables are called, and where they are: the same for the store and for the schema. */
export interface SqlNameOptions {
  /**
   * What the names of the tables, indexes and functions begin with.
   * @default 'sesame_'
   */
  prefix?: string | undefined;
  /**
   * The schema that they are in; in MySQL and MariaDB, the database.
   * @default where the connection looks by itself
   */
  schema?: string | undefined;
}

/** The names of the tables, quoted as the dialect wants it. */
export interface SqlNames {
  readonly sessions: string;
  /** The index of users: which sessions each of them has. */
  readonly userSessions: string;
  /** Which version of the schema is installed. */
  readonly version: string;
  /** Returns the name of something else that belongs to the schema, such as a function. */
  of(name: string): string;
  /** Returns the same without the schema, for an index. */
  bare(name: string): string;
}

/** Longer names would be cut off by PostgreSQL, which takes 63 bytes. */
const PREFIX = /^[a-z][a-z0-9_]{0,30}$/;
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/i;

/** @throws TypeError when a name is not a plain one */
export function sqlNames(
  dialect: SqlDialect,
  { prefix = 'sesame_', schema }: SqlNameOptions,
): SqlNames {
  if (!PREFIX.test(prefix)) {
    throw new TypeError(
      `SqlSessionStore: prefix is '${printable(prefix)}'. Use lower-case letters, digits and underscores, at most 31, and begin with a letter.`,
    );
  }
  if (schema !== undefined && !SCHEMA.test(schema)) {
    throw new TypeError(
      `SqlSessionStore: schema is '${printable(schema)}'. Give the name of a schema in letters, digits and underscores, at most 63.`,
    );
  }
  const quote = dialect === 'mysql' ? '`' : '"';
  const bare = (name: string): string => `${quote}${prefix}${name}${quote}`;
  const place = schema === undefined ? '' : `${quote}${schema}${quote}.`;
  const of = (name: string): string => place + bare(name);
  return {
    sessions: of('sessions'),
    userSessions: of('user_sessions'),
    version: of('schema_version'),
    of,
    bare,
  };
}
