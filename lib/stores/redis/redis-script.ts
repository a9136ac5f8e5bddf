import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** A Lua script. With Redis Cluster, it may use one key only. */
export class RedisScript {
  private readonly sha: string;

  /** @param lua its text; each script has a file of its own in `scripts/` */
  constructor(readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** Runs the script by its digest, or sends its text to a server that does not know it yet. */
  run(client: Redis | Cluster, key: string, ...args: (string | number)[]): Promise<unknown> {
    return this.runOn(client, [key], ...args);
  }

  /** The same for many keys. */
  runOn(
    client: Redis | Cluster,
    keys: readonly string[],
    ...args: readonly (string | number)[]
  ): Promise<unknown> {
    return client.evalsha(this.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.lua, keys.length, ...keys, ...args);
    });
  }
}
