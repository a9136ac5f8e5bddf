import { ANYTHING, checkStoreOptions, CLOCK, requireValue } from '../store-options.js';
import type { StoreOptionRule, StoreOptionRules } from '../store-options.js';

const FLAG: StoreOptionRule = {
  holds: (value) => typeof value === 'boolean',
  remedy: 'Use true or false',
};

const DIALECTS: ReadonlySet<unknown> = new Set(['postgres', 'mysql', 'sqlite']);
const DIALECT: StoreOptionRule = {
  holds: (value) => DIALECTS.has(value),
  remedy: "Use 'postgres', 'mysql' or 'sqlite'",
};

/** Longer names would be cut off by PostgreSQL, which takes 63 bytes. */
const NAMES = {
  prefix: {
    holds: (value) => typeof value === 'string' && /^[a-z][a-z0-9_]{0,30}$/.test(value),
    remedy: 'Use lower-case letters, digits and underscores, at most 31, and begin with a letter',
  },
  schema: {
    holds: (value) => typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/i.test(value),
    remedy: 'Give the name of a schema in letters, digits and underscores, at most 63',
  },
} satisfies Record<string, StoreOptionRule>;

const STORE: StoreOptionRules = {
  store: 'SqlSessionStore',
  example: '{ client }',
  rules: { client: ANYTHING, dialect: DIALECT, ...NAMES, cleanUp: FLAG, clock: CLOCK },
  inPlaceOfOptions: (given) => (isOfClass(given) ? 'a client' : undefined),
};

const SCHEMA: StoreOptionRules = {
  store: 'SqlSessionStore',
  example: '{ prefix }',
  rules: { ...NAMES, unlogged: FLAG },
};

/**
 * Returns the options that were given.
 * @throws TypeError when they are no options, or one of them is unknown or wrong
 */
export function checkSqlOptions<T extends object>(options: T): T {
  return checkStoreOptions(STORE, options);
}

/**
 * The same for what `schemaSql()` and `schemaStatements()` take.
 * @param dialect the only one that must be given
 */
export function checkSchemaOptions<T extends object>(dialect: unknown, options: T): T {
  requireValue(SCHEMA.store, 'dialect', DIALECT, dialect);
  return checkStoreOptions(SCHEMA, options);
}

/** False for an object literal, which no client is. */
function isOfClass(given: unknown): boolean {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
