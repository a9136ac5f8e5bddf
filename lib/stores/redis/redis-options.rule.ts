import { printable } from '../../reporting/printable.js';

const TARGETS = ['client', 'url', 'nodes', 'sentinels'];

/** Options that mean something beside some targets only. */
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

/** Options of connect-redis that can no longer mean anything, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  disableTTL:
    'every session has an end, and Redis must know it: use idleTimeout and absoluteTimeout of the session options instead',
  disableTouch:
    'an idle timeout that is never extended ends sessions in use: use touchInterval of the session options to write less often',
};

/**
 * The options that were given, without those that are `undefined`.
 * @throws TypeError when an option is missing, unknown, or can no longer mean anything
 */
export function checkRedisOptions<T extends object>(options: T): T {
  if (!isObject(options) || isIoRedis(options)) {
    const found = isObject(options) ? 'that is an ioredis client' : `of type ${typeof options}`;
    throw invalid(`it takes one object, such as { client } or { url }, and got one ${found}.`);
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

function problemOfNames(given: readonly string[]): string | undefined {
  const refused = given.find((name) => REFUSED[name] !== undefined);
  if (refused !== undefined) return `${refused} is refused, since ${REFUSED[refused]}.`;
  const unknown = given.find((name) => !KNOWN.includes(name));
  return unknown && `${printable(unknown)} is no option. The options are ${KNOWN.join(', ')}.`;
}

function problemOfTarget(given: readonly string[], options: object): string | undefined {
  const [target, other] = given.filter((name) => TARGETS.includes(name));
  const needs = `it needs one of ${TARGETS.join(', ')}, and got`;
  if (target === undefined) return `${needs} none (is the environment variable set?).`;
  if (other !== undefined) return `${needs} ${target} and ${other}.`;
  const idle = given.find((name) => FITTING[name]?.includes(target) === false);
  if (idle !== undefined) return `${idle} means nothing beside ${target}: leave it out.`;
  return problemOfValue(target, Reflect.get(options, target), options);
}

/** A scheme that is not Redis's. Without one, ioredis reads a host, a port or the path of a socket. */
const OTHER_SCHEME = /^(?!rediss?:)[a-z][a-z\d+.-]*:\/\//i;

function problemOfValue(target: string, value: unknown, options: object): string | undefined {
  switch (target) {
    case 'client':
      if (isIoRedis(value)) return undefined;
      return 'client is no ioredis client. Give a Redis or Cluster of the package ioredis.';
    case 'url':
      if (value === '') return 'url is empty (is the environment variable set?).'; // ioredis takes it for localhost
      if (typeof value === 'string' && !OTHER_SCHEME.test(value)) return undefined;
      return 'url is no Redis URL. Give redis://host:port, or rediss:// for TLS.';
    default:
      if (!Array.isArray(value) || value.length === 0)
        return `${target} names no server. Give an array of { host, port }.`;
      if (target === 'nodes' || 'name' in options) return undefined;
      return 'name is missing: what the sentinels call the master that they watch.';
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** node-redis has an evalSha() of its own, and answers in another way. */
function isIoRedis(client: unknown): boolean {
  return isObject(client) && 'evalsha' in client && 'defineCommand' in client;
}

function invalid(problem: string): TypeError {
  return new TypeError(`RedisSessionStore: ${problem}`);
}
