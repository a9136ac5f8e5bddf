import type { Cluster, Redis } from 'ioredis';
import { mastersOf } from './redis-key-scan.js';

/**
 * The policy by which a server, or a master of a cluster, drops keys before they expire when it is
 * full; `undefined` where none does, or none tells.
 * @throws Error when a server cannot be reached
 */
export async function evictionPolicyOf(client: Redis | Cluster): Promise<string | undefined> {
  const answers = await Promise.all(mastersOf(client).map(memoryOf));
  if (answers.length === 0) throw new Error('no master of the cluster is known');
  return answers.map(policyIn).find((policy) => policy !== undefined);
}

/** What to say at boot of a server that evicts. */
export function adviceOn(policy: string): string {
  return `Redis drops keys when it is full (maxmemory-policy ${policy}): sessions in use among them, or the list of a user's sessions, which then end as revoked, and until then are missing from list() and from the limit. Set maxmemory-policy noeviction, on a Redis that holds nothing but sessions.`;
}

/** A server may refuse to tell. */
function memoryOf(node: Redis): Promise<string> {
  return node.info('memory').catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ReplyError') return '';
    throw error;
  });
}

function policyIn(memory: string): string | undefined {
  const isBounded = /^maxmemory:[1-9]/m.test(memory);
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  return isBounded && policy !== 'noeviction' ? policy : undefined;
}
