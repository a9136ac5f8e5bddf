import { peek } from '../../reporting/thrown.js';
import { ANYTHING, checkStoreOptions } from '../store-options.js';
import type { StoreOptionRule, StoreOptionRules } from '../store-options.js';
import { isIoRedis } from './clients/io-redis-client.js';
import { isNodeRedis } from './clients/node-redis-client.js';

const TARGETS = ['client', 'url', 'nodes', 'sentinels'];

/** Options that apply to some targets only. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  name: ['sentinels'],
  clusterOptions: ['nodes'],
  redisOptions: ['url', 'nodes', 'sentinels'],
};

const TEXT: StoreOptionRule = {
  holds: (value) => typeof value === 'string',
  remedy: 'Give a text',
};

const IOREDIS: StoreOptionRule = {
  holds: (value) => isObject(value) && !Array.isArray(value),
  remedy: 'Give an object of options of ioredis',
};

/** Options of connect-redis that are not supported: why, and what to use instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  disableTTL:
    'every session expires, and Redis must know when. Use idleTimeout and absoluteTimeout of the session options instead.',
  disableTouch:
    'an idle timeout that is never extended would end sessions in use. To write less often, use touchInterval of the session options.',
};

const KNOWN: StoreOptionRules = {
  store: 'RedisSessionStore',
  example: '{ client } or { url }',
  rules: {
    client: ANYTHING,
    url: ANYTHING,
    nodes: ANYTHING,
    sentinels: ANYTHING,
    name: {
      holds: (value) => typeof value === 'string' && value !== '',
      remedy: 'Give the name by which the sentinels know the master',
    },
    redisOptions: IOREDIS,
    clusterOptions: IOREDIS,
    prefix: TEXT,
    userPrefix: TEXT,
    serializer: {
      holds: (value) => hasMethods(value, 'parse', 'stringify'),
      remedy: 'Give an object with the methods parse and stringify',
    },
    scanCount: {
      holds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
      remedy: 'It counts keys: give a whole number above zero',
    },
    ttl: {
      holds: (value) =>
        typeof value === 'function' || (Number.isFinite(value) && Number(value) > 0),
      remedy: 'Give a number of seconds, or a function of the session that returns one',
    },
  },
  unsupported: UNSUPPORTED,
  inPlaceOfOptions: (given) => {
    if (isIoRedis(given)) return 'an ioredis client';
    return isNodeRedis(given) ? 'a node-redis client' : undefined;
  },
};

/**
 * Returns the options that were given, without those that are `undefined`.
 * @throws TypeError when an option is missing, unknown, wrong or not supported
 */
export function checkRedisOptions<T extends object>(options: T): T {
  const complete = checkStoreOptions(KNOWN, options);
  const problem = problemOfTarget(Object.keys(complete), complete);
  if (problem !== undefined) throw new TypeError(`RedisSessionStore: ${problem}`);
  return complete;
}

function problemOfTarget(given: readonly string[], options: object): string | undefined {
  const [target, other] = given.filter((name) => TARGETS.includes(name));
  const needs = `it needs exactly one of ${TARGETS.join(', ')}, but got`;
  if (target === undefined) return `${needs} none (is the environment variable set?).`;
  if (other !== undefined) return `${needs} ${target} and ${other}.`;
  const useless = given.find((name) => FITTING[name]?.includes(target) === false);
  if (useless !== undefined) return `${useless} has no effect with ${target}: remove it.`;
  return problemOfValue(target, Reflect.get(options, target), options);
}

/**
 * A scheme other than Redis's. Without a scheme, ioredis takes a text for a host, a port or the path of a
 * socket.
 */
const OTHER_SCHEME = /^(?!rediss?:)[a-z][a-z\d+.-]*:\/\//i;

function problemOfValue(target: string, value: unknown, options: object): string | undefined {
  switch (target) {
    case 'client':
      return undefined; // connectTo() knows its libraries
    case 'url':
      if (value === '') return 'url is empty (is the environment variable set?).'; // ioredis would connect to localhost
      if (typeof value === 'string' && !OTHER_SCHEME.test(value)) return undefined;
      return 'url is not a Redis URL. Use redis://host:port, or rediss:// for TLS.';
    default:
      if (!Array.isArray(value) || value.length === 0)
        return `${target} must be an array of one or more { host, port }.`;
      if (target === 'nodes' || 'name' in options) return undefined;
      return 'name is missing: set it to the name by which the sentinels know the master.';
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function hasMethods(value: unknown, ...names: string[]): boolean {
  return names.every((name) => typeof peek(value, name) === 'function');
}
