import { hash } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import type { SessionData } from 'express-session';
import { brand } from '../../copies/brand.js';
import type {
  IndexedSessionStore,
  KeyBatch,
  RecordCodec,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from '../session-store.js';
import { checkRedisOptions } from './redis-options.rule.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisTarget } from './redis-connection.js';
import { adviceOn, evictionPolicyOf } from './redis-eviction.js';
import { expressClient } from './redis-express-client.js';
import { scanKeys } from './redis-key-scan.js';
import { codecOf } from './redis-serializer.js';
import type { RedisSerializer } from './redis-serializer.js';
import { RedisUserIndex } from './redis-user-index.js';
import { buryRecord } from './scripts/bury-record.js';
import { removeRecord } from './scripts/remove-record.js';
import { replaceRecord } from './scripts/replace-record.js';

/** Options of {@link RedisSessionStore}: where Redis is, and connect-redis's own. */
export type RedisSessionStoreOptions = RedisTarget & {
  /**
   * What the keys of sessions begin with.
   * @default 'sess:'
   */
  prefix?: string;
  /**
   * What the keys begin with under which the sessions of each user are listed: by default what those
   * of sessions begin with, with `-user` in front of the colon, so that applications with prefixes of
   * their own share no users.
   * @default 'sess-user:'
   */
  userPrefix?: string;
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

/** For replace-record: whether what it writes says more than what it replaces. */
const NEEDS_ROOM = 0;
const NEEDS_NO_ROOM = 1;

/** What decoding puts in the place of bytes that are no text; text may hold it as well. */
const REPLACEMENT = '\uFFFD';

/**
 * Keeps sessions in Redis 6 or newer, Redis Cluster included: exact under parallel requests on any
 * number of instances, one command to read a session and one to write it.
 *
 * It extends connect-redis's store, and so serves plain express-session as well.
 */
export class RedisSessionStore extends RedisStore implements IndexedSessionStore {
  static {
    brand(this, 'RedisSessionStore');
  }

  /** Which sessions a user has. */
  readonly users: UserIndex;
  /** The application's own serializer, where it chose one. */
  readonly codec: RecordCodec | undefined;
  private readonly connection: RedisConnection;

  /** @throws TypeError when an option is missing, unknown, or can no longer mean anything */
  constructor(options: RedisSessionStoreOptions) {
    const given = checkRedisOptions(options);
    const connection = new RedisConnection(given);
    super({ ...given, client: connection.client });
    this.connection = connection;
    this.codec = given.serializer && codecOf(given.serializer);
    this.client = expressClient(() => this.connection.ready());
    this.users = new RedisUserIndex(
      () => this.connection.ready(),
      given.userPrefix ?? userPrefixOf(this.prefix),
    );
  }

  read(key: string): Promise<string | undefined> {
    return this.connection
      .send((redis) => redis.get(this.prefix + key))
      .then((payload) => {
        if (payload === null) return undefined;
        return payload.includes(REPLACEMENT) ? this.readText(key) : payload;
      });
  }

  async create(key: string, record: StoredRecord): Promise<boolean> {
    const name = this.prefix + key;
    const { payload } = record;
    const answer = await this.connection.send((redis) =>
      redis.set(name, payload, 'PX', ttlOf(record), 'NX'),
    );
    if (answer === 'OK') return true;
    // A client that was handed in may send a command again when its connection broke.
    return (await this.connection.send((redis) => redis.get(name))) === payload;
  }

  replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    return this.replaceBy(NEEDS_ROOM, key, expected, record);
  }

  /** The same; where Redis is full, a payload is taken that is no longer than the one there. */
  renew(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    return this.replaceBy(NEEDS_NO_ROOM, key, expected, record);
  }

  remove(key: string, expected?: string): Promise<StoreOutcome> {
    const name = this.prefix + key;
    return this.connection
      .send<unknown>((redis) =>
        expected === undefined
          ? redis.del(name)
          : removeRecord.run(redis, name, digestOf(expected)),
      )
      .then(outcomeOf);
  }

  /** Where Redis is full and has no room for the record, what stands there is removed instead. */
  async bury(key: string, record: StoredRecord): Promise<void> {
    const name = this.prefix + key;
    await this.connection.send((redis) =>
      buryRecord.run(redis, name, record.payload, ttlOf(record)),
    );
  }

  /**
   * Where Redis may evict keys, the keys of all its records, by SCAN on every master; `undefined`
   * where it evicts none, or does not tell.
   */
  async scanBeyondIndex(from?: string): Promise<KeyBatch | undefined> {
    const redis = await this.connection.ready();
    if (from === undefined && (await evictionPolicyOf(redis)) === undefined) return undefined;
    return scanKeys(redis, this.prefix, from);
  }

  /** Says so when the server may evict sessions, of every connection that the store opens. */
  advise(tell: (advice: string) => void): void {
    this.connection.whenever((redis) => {
      evictionPolicyOf(redis).then(
        (policy) => policy !== undefined && tell(adviceOn(policy)),
        () => undefined, // a server that does not answer is met by the requests themselves
      );
    });
  }

  private replaceBy(
    need: typeof NEEDS_ROOM | typeof NEEDS_NO_ROOM,
    key: string,
    expected: string,
    record: StoredRecord,
  ): Promise<StoreOutcome> {
    const { payload } = record;
    const name = this.prefix + key;
    return this.connection
      .send((redis) =>
        replaceRecord.run(redis, name, digestOf(expected), payload, ttlOf(record), need),
      )
      .then(outcomeOf);
  }

  /**
   * The payload under a key that may hold other bytes than text. Such a record was damaged, and could
   * never be replaced: records are compared by their bytes.
   */
  private async readText(key: string): Promise<string | undefined> {
    const bytes = await this.connection.send((redis) => redis.getBuffer(this.prefix + key));
    const text = bytes?.toString();
    const isText = bytes === null || Buffer.from(text ?? '').equals(bytes);
    return isText ? text : REPLACEMENT; // which is no record
  }

  /** Closes the connection, if this store opened it; one that was handed in is left as it is. */
  close(): Promise<void> {
    return this.connection.close();
  }
}

function userPrefixOf(prefix: string): string {
  return `${prefix.replace(/:$/, '')}-user:`;
}

/** What is left of the record's time, in the milliseconds that Redis counts. */
function ttlOf({ expiresAt }: StoredRecord): number {
  return Math.max(1, Math.ceil(expiresAt - Date.now()));
}

function digestOf(payload: string): string {
  return hash('sha1', payload, 'hex');
}

/** By the digits, since a client with `stringNumbers` answers them as text; no record reads so. */
function outcomeOf(answer: unknown): StoreOutcome {
  const text = String(answer);
  if (text === '1') return 'done';
  return text === '0' ? 'gone' : { conflict: text };
}
