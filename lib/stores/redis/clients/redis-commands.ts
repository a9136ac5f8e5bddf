/** What the store asks of a client of Redis, whichever library it comes from. */
export interface RedisCommands {
  /** In a cluster, no command may have keys on different nodes. */
  readonly isCluster: boolean;
  /** What the client puts in front of every key, unseen. */
  readonly keyPrefix: string;
  get(key: string): Promise<string | null>;
  mget(keys: string[]): Promise<(string | null)[]>;
  /** Stores a value for so many milliseconds, if there is none. Answers `'OK'`, or `null` where there is one. */
  create(key: string, value: string, milliseconds: number): Promise<string | null>;
  /** Stores a value, for so many seconds or for good. */
  set(key: string, value: string, seconds?: number): Promise<string | null>;
  expire(key: string, seconds: number): Promise<number | boolean>;
  pttl(key: string): Promise<number>;
  del(keys: string[]): Promise<number>;
  /** Runs the script with this SHA-1. */
  evalsha(sha: string, keys: readonly string[], args: ScriptArguments): Promise<unknown>;
  eval(lua: string, keys: readonly string[], args: ScriptArguments): Promise<unknown>;
  /** The servers that hold the keys: the masters of a cluster, those that are known, or the single server. */
  masters(): Promise<readonly RedisMaster[]>;
}

export type ScriptArguments = readonly (string | number)[];

/** One server. */
export interface RedisMaster {
  /** How it is told from the other masters of its cluster. */
  readonly address: string;
  /** Its INFO on this subject. */
  info(section: string): Promise<string>;
  /** One step of a scan for keys that hold strings: where it goes on, and what it found. */
  scan(cursor: string, match: string, count: number): Promise<[next: string, keys: string[]]>;
}
