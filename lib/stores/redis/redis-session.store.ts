import { createHash } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import type { SessionData } from 'express-session';
import type { Cluster, Redis } from 'ioredis';
import type { RecordCodec, SessionStore, StoredRecord, StoreOutcome } from '../session-store.js';
import { allKeys, deleteAll, readAll } from './redis-key-scan.js';
import { checkRedisOptions } from './redis-options.rule.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisTarget } from './redis-connection.js';
import { RedisScript } from './redis-script.js';

/** Options of {@link RedisSessionStore}: where Redis is, and connect-redis's own. */
export type RedisSessionStoreOptions = RedisTarget & {
  /**
   * What the keys of sessions begin with.
   * @default 'sess:'
   */
  prefix?: string;
  /**
   * How the records are written. connect-redis's option, for a format of the application's own; it
   * must be synchronous.
   * @default JSON
   */
  serializer?: RedisSerializer;
  /**
   * How many keys `all`, `ids`, `length` and `clear` ask for at a time.
   * @default 100
   */
  scanCount?: number;
  /**
   * Seconds to keep a session that express-session itself writes without an expiry. Sessions that
   * Sesame writes end by its own timeouts.
   * @default 86400
   */
  ttl?: number | ((session: SessionData) => number);
};

export interface RedisSerializer {
  parse(text: string): SessionData;
  stringify(session: SessionData): string;
}

const replaceRecord = new RedisScript('replace-record');
const removeRecord = new RedisScript('remove-record');

/**
 * Keeps sessions in Redis 6 or newer, Redis Cluster included: exact under parallel requests on any
 * number of instances, one command to read a session and one to write it.
 *
 * It extends connect-redis's store, and so serves plain express-session as well.
 */
export class RedisSessionStore extends RedisStore implements SessionStore {
  /** The application's own serializer, where it chose one. */
  readonly codec: RecordCodec | undefined;
  private readonly connection: RedisConnection;

  /** @throws TypeError when an option is missing, unknown, or can no longer mean anything */
  constructor(options: RedisSessionStoreOptions) {
    checkRedisOptions(options);
    const connection = new RedisConnection(options);
    super({ ...options, client: connection.client });
    this.connection = connection;
    this.codec = options.serializer && codecOf(options.serializer);
    const { client } = connection;
    Object.assign(this.client, {
      scanIterator: (match: string, count: number) => allKeys(client, match, count),
      mget: (keys: string[]) => readAll(client, keys),
      del: (keys: string[]) => deleteAll(client, keys),
    });
  }

  async read(key: string): Promise<string | undefined> {
    const redis = await this.redis();
    return (await redis.get(this.prefix + key)) ?? undefined;
  }

  async create(key: string, record: StoredRecord): Promise<boolean> {
    const redis = await this.redis();
    const name = this.prefix + key;
    return (await redis.set(name, record.payload, 'PX', ttlOf(record), 'NX')) === 'OK';
  }

  async replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    const redis = await this.redis();
    const { payload } = record;
    const name = this.prefix + key;
    return outcomeOf(
      await replaceRecord.run(redis, name, digestOf(expected), payload, ttlOf(record)),
    );
  }

  async remove(key: string, expected?: string): Promise<StoreOutcome> {
    const redis = await this.redis();
    const name = this.prefix + key;
    if (expected === undefined) return (await redis.del(name)) === 1 ? 'done' : 'gone';
    return outcomeOf(await removeRecord.run(redis, name, digestOf(expected)));
  }

  /** Closes the connection, if this store opened it; one that was handed in is left as it is. */
  close(): Promise<void> {
    return this.connection.close();
  }

  private async redis(): Promise<Redis | Cluster> {
    if (this.connection.opening !== undefined) await this.connection.opening;
    return this.connection.client;
  }
}

/** What is left of the record's time, in the milliseconds that Redis counts. */
function ttlOf({ expiresAt }: StoredRecord): number {
  return Math.max(1, Math.ceil(expiresAt - Date.now()));
}

function digestOf(payload: string): string {
  return createHash('sha1').update(payload).digest('hex');
}

function outcomeOf(answer: unknown): StoreOutcome {
  if (answer === 1) return 'done';
  return typeof answer === 'string' ? { conflict: answer } : 'gone';
}

function codecOf({ parse, stringify }: RedisSerializer): RecordCodec {
  return {
    seal: (text) => stringify(JSON.parse(text)),
    open: (payload) => JSON.stringify(parse(payload)),
  };
}
