/**
 * A client of node-redis, the npm package `redis`, of version 4, 5 or 6: what `createClient()`,
 * `createClientPool()`, `createCluster()` or `createSentinel()` returns. Sesame does not depend on the
 * package, and recognises its clients by their methods.
 */
export interface NodeRedisClient {
  /** True from `connect()` until the client is closed. */
  readonly isOpen: boolean;
  /** For the application to call: Sesame does not. */
  connect(): Promise<unknown>;
  /** Without a listener for `error`, node-redis ends the process when the connection breaks. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Runs a script that the server knows, by its SHA-1. */
  evalSha(sha: string, options?: NodeRedisScriptOptions): Promise<unknown>;
  /** Returns the values of many keys. */
  mGet(keys: string[]): Promise<unknown>;
}

interface NodeRedisScriptOptions {
  keys?: string[];
  arguments?: string[];
}

/** The same client with all that Sesame uses of it, whose replies are text. */
export interface NodeRedis extends NodeRedisClient {
  readonly isReady?: boolean;
  /** Since version 6; internal. */
  readonly _keyPrefix?: string | Buffer | undefined;
  get(key: string): Promise<string | null>;
  mGet(keys: string[]): Promise<(string | null)[]>;
  set(
    key: string,
    value: string,
    options?: { PX?: number; EX?: number; NX?: true },
  ): Promise<string | null>;
  expire(key: string, seconds: number): Promise<number | boolean>;
  pTTL(key: string): Promise<number>;
  del(keys: string[]): Promise<number>;
  eval(lua: string, options: NodeRedisScriptOptions): Promise<unknown>;
  info(section: string): Promise<string>;
  scan(
    cursor: string,
    options: { MATCH: string; COUNT: number; TYPE: string },
  ): Promise<{ cursor: string | number; keys: string[] }>;
  once(event: string, listener: () => void): unknown;
  listenerCount(event: string): number;
  /** Since version 5: returns the same client with another mapping of replies. */
  withTypeMapping?(mapping: object): NodeRedis;
  /** Of a cluster. */
  readonly masters?: readonly NodeRedisMaster[];
  nodeClient?(master: NodeRedisMaster): NodeRedis | Promise<NodeRedis>;
}

export interface NodeRedisMaster {
  readonly address: string;
}

/** What a client has, but neither the object of a transaction nor a client in legacy mode does. */
const METHODS = ['connect', 'on', 'get', 'evalSha', 'mGet', 'pTTL'];

export function isNodeRedis(value: unknown): value is NodeRedis {
  if (typeof value !== 'object' || value === null) return false;
  const isClient = METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
  return isClient && 'isOpen' in value;
}

/** True for a client of version 4 whose methods take callbacks. */
export function isLegacyMode(client: object): boolean {
  return Reflect.get(Object(Reflect.get(client, 'options')), 'legacyMode') === true;
}

/** Returns the client with replies as text, whatever the application has them mapped to. */
export function textual(client: NodeRedis): NodeRedis {
  return client.withTypeMapping?.({}) ?? client;
}
