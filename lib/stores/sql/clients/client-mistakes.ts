import { types } from 'node:util';
import { peek } from '../../../reporting/thrown.js';
import { hasMethods } from './shape.js';
import { isClass } from './statement-function.js';

/**
 * Recognises what is often given in place of a client; returns what to give. `undefined` for anything else.
 */
export function clientMistake(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return 'is missing. If it is injected, list its provider in inject of forRootAsync().';
  }
  if (typeof value === 'string') {
    return 'is a text. Connect first, and give the client: new Pool({ connectionString }) of pg, for example.';
  }
  if (types.isPromise(value)) return 'is a promise. Await it in useFactory of forRootAsync().';
  if (isClass(value)) return 'is a class. Give an instance of it.';
  return REPLACED.find(([isOne]) => isOne(value))?.[1];
}

const REPLACED: readonly (readonly [isOne: (value: unknown) => boolean, words: string])[] = [
  [
    (value) => hasMethods(value, 'escapeIdentifier', 'query'),
    'is a single connection of pg. Give a Pool, so that requests do not wait for each other.',
  ],
  [
    (value) => hasMethods(value, 'beginTransaction', 'query', 'changeUser'),
    'is a single connection of mysql2. Give a pool, so that requests do not wait for each other.',
  ],
  [
    (value) => hasMethods(value, 'getConnection', 'query'),
    'is a pool of another package than mysql2. Give one of mysql2.',
  ],
  [
    (value) => hasMethods(value, 'unsafe', 'savepoint') || peek(value, 'isTransaction') === true,
    'is a transaction. Give the client that it belongs to.',
  ],
  [
    (value) =>
      hasMethods(value, 'getRepository') || hasMethods(peek(value, 'manager'), 'getRepository'),
    'belongs to a DataSource of TypeORM. Give the DataSource itself.',
  ],
  [
    (value) => hasMethods(value, 'defineCommand') || hasMethods(value, 'sendCommand', 'evalSha'),
    "is a client of Redis. Use RedisSessionStore of 'nestjs-sesame/redis'.",
  ],
  [
    (value) => hasMethods(value, 'startSession'),
    'is of MongoDB. Give the client of an SQL database, or use a store of express-session for MongoDB.',
  ],
];
