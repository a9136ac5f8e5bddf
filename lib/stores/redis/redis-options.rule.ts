const TARGETS = ['client', 'url', 'nodes', 'sentinels'];

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
  const complete = { ...options };
  for (const [name, value] of Object.entries(complete)) {
    if (value === undefined) Reflect.deleteProperty(complete, name);
  }
  const given = Object.keys(complete);
  for (const name of given) {
    const reason = REFUSED[name];
    if (reason !== undefined) throw invalid(`${name} is refused, since ${reason}.`);
    if (!KNOWN.includes(name))
      throw invalid(`${name} is no option. The options are ${KNOWN.join(', ')}.`);
  }
  const targets = given.filter((name) => TARGETS.includes(name));
  if (targets.length !== 1) {
    throw invalid(
      `it needs one of ${TARGETS.join(', ')}, and got ${targets.length === 0 ? 'none' : targets.join(' and ')}.`,
    );
  }
  if (targets[0] === 'client' && !isIoRedis(Reflect.get(options, 'client'))) {
    throw invalid('client is no ioredis client. Give a Redis or Cluster of the package ioredis.');
  }
  // ioredis takes an empty URL for localhost.
  if (Reflect.get(options, 'url') === '') throw invalid('url is empty.');
  return complete;
}

/** node-redis has an evalSha() of its own, and answers in another way. */
function isIoRedis(client: unknown): boolean {
  return (
    typeof client === 'object' &&
    client !== null &&
    'evalsha' in client &&
    'defineCommand' in client
  );
}

function invalid(problem: string): TypeError {
  return new TypeError(`RedisSessionStore: ${problem}`);
}
