import { createHash } from 'node:crypto';
import type { RedisCommands, ScriptArguments } from './clients/redis-commands.js';

/** A Lua script. With Redis Cluster, it may use one key only. */
export class RedisScript {
  private readonly sha: string;

  /** @param lua its text; each script has a file of its own in `scripts/` */
  constructor(readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** Runs the script by its digest, or sends its text to a server that does not know it yet. */
  run(redis: RedisCommands, keys: readonly string[], args: ScriptArguments = []): Promise<unknown> {
    return redis.evalsha(this.sha, keys, args).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.lua, keys, args);
    });
  }
}
