import type { RedisCommands, RedisMaster } from './clients/redis-commands.js';
import { isRefusal } from './redis-refusal.js';

/**
 * Returns the policy by which a server, or a master of a cluster, evicts keys before they expire when it is
 * full; `undefined` when none evicts, or none says so.
 * @throws Error when a server cannot be reached
 */
export async function evictionPolicyOf(redis: RedisCommands): Promise<string | undefined> {
  const answers = await Promise.all((await redis.masters()).map(memoryOf));
  if (answers.length === 0) throw new Error('no master of the Redis cluster is known');
  return answers.map(policyIn).find((policy) => policy !== undefined);
}

/** The warning at boot about a server that evicts. */
export function adviceOn(policy: string): string {
  return `Redis evicts keys when it is full (maxmemory-policy ${policy}). That can be a session in use, or the index of a user: the user's sessions then end as revoked, and until then list() does not show them and the limit does not count them. Set maxmemory-policy noeviction, on a Redis that holds nothing but sessions.`;
}

/** Returns the INFO of a server about its memory; empty when the server refuses to answer. */
function memoryOf(master: RedisMaster): Promise<string> {
  return master.info('memory').catch((error: unknown) => {
    if (isRefusal(error)) return '';
    throw error;
  });
}

function policyIn(memory: string): string | undefined {
  const isBounded = /^maxmemory:[1-9]/m.test(memory);
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  return isBounded && policy !== 'noeviction' ? policy : undefined;
}
