/** What the store asks of a Redis client, whichever library it comes from. */
export interface RedisCommands {
  /** In a cluster, no command may have keys on different nodes. */
  readonly isCluster: boolean;
  /** The prefix that the client silently puts before every key. */
  readonly keyPrefix: string;
  get(key: string): Promise<string | null>;
  mget(keys: string[]): Promise<(string | null)[]>;
  /**
   * Stores a value for this many milliseconds, if there is none. Returns `'OK'`, or `null` if there is one.
   */
  create(key: string, value: string, milliseconds: number): Promise<string | null>;
  /** Stores a value, for this many seconds or for good. */
  set(key: string, value: string, seconds?: number): Promise<string | null>;
  expire(key: string, seconds: number): Promise<number | boolean>;
  pttl(key: string): Promise<number>;
  del(keys: string[]): Promise<number>;
  /** Runs the script with this SHA-1. */
  evalsha(sha: string, keys: readonly string[], args: ScriptArguments): Promise<unknown>;
  eval(lua: string, keys: readonly string[], args: ScriptArguments): Promise<unknown>;
  /** Returns the servers that hold the keys: the known masters of a cluster, or the single server. */
  masters(): Promise<readonly RedisMaster[]>;
}

export type ScriptArguments = readonly (string | number)[];

/** One server. */
export interface RedisMaster {
  /** What tells it from the other masters of its cluster. */
  readonly address: string;
  /** Returns this section of its INFO. */
  info(section: string): Promise<string>;
  /** Takes one step of a scan for keys that hold strings; returns where it goes on, and what it found. */
  scan(cursor: string, match: string, count: number): Promise<[next: string, keys: string[]]>;
}
