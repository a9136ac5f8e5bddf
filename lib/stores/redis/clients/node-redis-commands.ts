import { textual } from './node-redis-client.js';
import type { NodeRedis } from './node-redis-client.js';
import type { RedisCommands, RedisMaster, ScriptArguments } from './redis-commands.js';

export class NodeRedisCommands implements RedisCommands {
  readonly isCluster: boolean;
  readonly keyPrefix: string;
  /**
   * Not the client as it was passed in: its replies may be mapped to Buffers, and with client-side caching it
   * would show sessions for a moment that others have ended. Replies mapped separately have neither problem.
   */
  private readonly client: NodeRedis;

  constructor(given: NodeRedis) {
    this.isCluster = given.masters !== undefined;
    this.keyPrefix = String(given._keyPrefix ?? '');
    this.client = textual(given);
  }

  get(key: string): Promise<string | null> {
    return this.client.get(key);
  }

  mget(keys: string[]): Promise<(string | null)[]> {
    return this.client.mGet(keys);
  }

  create(key: string, value: string, milliseconds: number): Promise<string | null> {
    return this.client.set(key, value, { PX: milliseconds, NX: true });
  }

  set(key: string, value: string, seconds?: number): Promise<string | null> {
    return this.client.set(key, value, seconds === undefined ? {} : { EX: seconds });
  }

  expire(key: string, seconds: number): Promise<number | boolean> {
    return this.client.expire(key, seconds);
  }

  pttl(key: string): Promise<number> {
    return this.client.pTTL(key);
  }

  del(keys: string[]): Promise<number> {
    return this.client.del(keys);
  }

  evalsha(sha: string, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return this.client.evalSha(sha, { keys: [...keys], arguments: args.map(String) });
  }

  eval(lua: string, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return this.client.eval(lua, { keys: [...keys], arguments: args.map(String) });
  }

  async masters(): Promise<readonly RedisMaster[]> {
    const { client } = this;
    if (client.masters === undefined) return [masterOf('', client)];
    return Promise.all(
      client.masters.map(async (master) => {
        const node = await client.nodeClient?.(master);
        return masterOf(master.address, textual(node ?? client));
      }),
    );
  }
}

function masterOf(address: string, node: NodeRedis): RedisMaster {
  return {
    address,
    info: (section) => node.info(section),
    scan: async (from, match, count) => {
      const step = await node.scan(from, { MATCH: match, COUNT: count, TYPE: 'string' });
      return [String(step.cursor), step.keys];
    },
  };
}
