import { hash } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import type { SessionData } from 'express-session';
import { brand } from '../../copies/brand.js';
import type {
  Conflict,
  IndexedSessionStore,
  KeyBatch,
  ReadRecord,
  RecordCodec,
  RemoveOutcome,
  ReplaceOutcome,
  StoredRecord,
  UserIndex,
  Version,
  Written,
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
import { putRecord } from './scripts/put-record.js';
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

  read(key: string): Promise<ReadRecord | undefined> {
    return this.connection
      .send((redis) => redis.get(this.prefix + key))
      .then((payload) => {
        if (payload === null) return undefined;
        return payload.includes(REPLACEMENT) ? this.readText(key) : versioned(payload);
      });
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    const name = this.prefix + key;
    const { payload } = record;
    const answer = await this.connection.send((redis) =>
      redis.set(name, payload, 'PX', ttlOf(record), 'NX'),
    );
    // A client of the application may send a command again when its connection breaks: then the
    // record that is there is the one of the first time.
    const isOurs =
      answer === 'OK' || (await this.connection.send((redis) => redis.get(name))) === payload;
    return isOurs ? { version: payload } : 'taken';
  }

  replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    return this.replaceBy(NEEDS_ROOM, key, version, record);
  }

  /** The same; when Redis is full, it still takes a payload that is no longer than the one there. */
  renew(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    return this.replaceBy(NEEDS_NO_ROOM, key, version, record);
  }

  remove(key: string, version?: Version): Promise<RemoveOutcome> {
    const name = this.prefix + key;
    return this.connection
      .send<unknown>((redis) =>
        version === undefined ? redis.del(name) : removeRecord.run(redis, name, digestOf(version)),
      )
      .then((answer) => refusalIn(answer) ?? 'removed');
  }

  /** When Redis is full and has no room for the record, what is there is removed instead. */
  async put(key: string, record: StoredRecord): Promise<void> {
    const name = this.prefix + key;
    await this.connection.send((redis) =>
      putRecord.run(redis, name, record.payload, ttlOf(record)),
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
    version: Version,
    record: StoredRecord,
  ): Promise<ReplaceOutcome> {
    const { payload } = record;
    const name = this.prefix + key;
    return this.connection
      .send((redis) =>
        replaceRecord.run(redis, name, digestOf(version), payload, ttlOf(record), need),
      )
      .then((answer) => refusalIn(answer) ?? { version: payload });
  }

  /**
   * The payload under a key that may hold other bytes than text. Such a record was damaged, and could
   * never be replaced: records are compared by their bytes.
   */
  private async readText(key: string): Promise<ReadRecord | undefined> {
    const bytes = await this.connection.send((redis) => redis.getBuffer(this.prefix + key));
    if (bytes === null) return undefined;
    const text = bytes.toString();
    return versioned(Buffer.from(text).equals(bytes) ? text : REPLACEMENT); // which is not a record
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

/** The version of a record is its payload; Redis is told, and compares, only the digest. */
function versioned(payload: string): ReadRecord {
  return { payload, version: payload };
}

function digestOf(version: Version): string {
  return hash('sha1', String(version), 'hex');
}

/**
 * Why a script did not write; `undefined` when it did. The numbers are compared as text, since a client
 * with the option `stringNumbers` answers them so; no record is a number.
 */
function refusalIn(answer: unknown): 'gone' | Conflict | undefined {
  const text = String(answer);
  if (text === '1') return undefined;
  return text === '0' ? 'gone' : { conflict: versioned(text) };
}
