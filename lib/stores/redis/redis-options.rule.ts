import { printable } from '../../reporting/printable.js';
import { isIoRedis } from './clients/io-redis-client.js';
import { isNodeRedis } from './clients/node-redis-client.js';

const TARGETS = ['client', 'url', 'nodes', 'sentinels'];

/** Options that apply to some targets only. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  name: ['sentinels'],
  clusterOptions: ['nodes'],
  redisOptions: ['url', 'nodes', 'sentinels'],
};

const KNOWN = [
  ...TARGETS,
  'name',
  'redisOptions',
  'clusterOptions',
  'prefix',
  'userPrefix',
  'serializer',
  'scanCount',
  'ttl',
];

/** Options of connect-redis that are not supported: why, and what to use instead. */
const REFUSED: Readonly<Record<string, string>> = {
  disableTTL:
    'every session expires, and Redis must know when. Use idleTimeout and absoluteTimeout of the session options instead.',
  disableTouch:
    'an idle timeout that is never extended would end sessions in use. To write less often, use touchInterval of the session options.',
};

/**
 * Returns the options that were given, without those that are `undefined`.
 * @throws TypeError when an option is missing, unknown or not supported
 */
export function checkRedisOptions<T extends object>(options: T): T {
  const found = otherThanOptions(options);
  if (found !== undefined) {
    throw invalid(`it takes an object such as { client } or { url }, but got ${found}.`);
  }
  const complete = { ...options };
  for (const [name, value] of Object.entries(complete)) {
    if (value === undefined) Reflect.deleteProperty(complete, name);
  }
  const given = Object.keys(complete);
  const problem = problemOfNames(given) ?? problemOfTarget(given, complete);
  if (problem !== undefined) throw invalid(problem);
  return complete;
}

/** Describes what was given in place of the options. */
function otherThanOptions(options: unknown): string | undefined {
  if (isIoRedis(options)) return 'an ioredis client';
  if (isNodeRedis(options)) return 'a node-redis client';
  return isObject(options) ? undefined : `a value of type ${typeof options}`;
}

function problemOfNames(given: readonly string[]): string | undefined {
  const refused = given.find((name) => REFUSED[name] !== undefined);
  if (refused !== undefined) return `${refused} is not supported: ${REFUSED[refused]}`;
  const unknown = given.find((name) => !KNOWN.includes(name));
  return unknown && `${printable(unknown)} is not an option. The options are ${KNOWN.join(', ')}.`;
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

function invalid(problem: string): TypeError {
  return new TypeError(`RedisSessionStore: ${problem}`);
}
