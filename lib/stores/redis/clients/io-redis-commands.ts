import type { Cluster, Redis } from 'ioredis';
import type { RedisCommands, RedisMaster, ScriptArguments } from './redis-commands.js';

export class IoRedisCommands implements RedisCommands {
  readonly isCluster: boolean;
  readonly keyPrefix: string;

  constructor(private readonly client: Redis | Cluster) {
    this.isCluster = client.isCluster;
    this.keyPrefix = client.options.keyPrefix ?? '';
  }

  get(key: string): Promise<string | null> {
    return this.client.get(key);
  }

  mget(keys: string[]): Promise<(string | null)[]> {
    return this.client.mget(keys);
  }

  create(key: string, value: string, milliseconds: number): Promise<string | null> {
    return this.client.set(key, value, 'PX', milliseconds, 'NX');
  }

  set(key: string, value: string, seconds?: number): Promise<string | null> {
    const { client } = this;
    return seconds === undefined ? client.set(key, value) : client.set(key, value, 'EX', seconds);
  }

  expire(key: string, seconds: number): Promise<number> {
    return this.client.expire(key, seconds);
  }

  pttl(key: string): Promise<number> {
    return this.client.pttl(key);
  }

  del(keys: string[]): Promise<number> {
    return this.client.del(keys);
  }

  evalsha(sha: string, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return this.client.evalsha(sha, keys.length, ...keys, ...args);
  }

  eval(lua: string, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return this.client.eval(lua, keys.length, ...keys, ...args);
  }

  async masters(): Promise<readonly RedisMaster[]> {
    const { client } = this;
    return ('nodes' in client ? client.nodes('master') : [client]).map(masterOf);
  }
}

function masterOf(node: Redis): RedisMaster {
  const { path, host, port } = node.options;
  return {
    address: path ?? `${host}:${port}`,
    info: (section) => node.info(section),
    scan: (cursor, match, count) =>
      node.scan(cursor, 'MATCH', match, 'COUNT', count, 'TYPE', 'string'),
  };
}
