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

/** Makes the names from options that have been checked. */
export function sqlNames(
  dialect: SqlDialect,
  { prefix = 'sesame_', schema }: SqlNameOptions,
): SqlNames {
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
