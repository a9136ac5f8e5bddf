import { hash } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import type { SessionData } from 'express-session';
import { brand } from '../../copies/brand.js';
import type {
  IndexedSessionStore,
  RecordCodec,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from '../session-store.js';
import { checkRedisOptions } from './redis-options.rule.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisTarget } from './redis-connection.js';
import { expressClient } from './redis-express-client.js';
import { RedisUserIndex } from './redis-user-index.js';
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
   * What the keys begin with under which the sessions of each user are listed.
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

/**
 * A format of records of the application's own, as connect-redis knows it. Both methods must be
 * synchronous: a promise is refused.
 */
export interface RedisSerializer {
  /**
   * The session in a stored text: all that `stringify` was given, Sesame's `_sesame` included. When
   * it throws, the text is no session, and is left where it is.
   */
  parse(text: string): SessionData;
  /** The text to store of a session. */
  stringify(session: SessionData): string;
}

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
      given.userPrefix ?? 'sess-user:',
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
    const { payload } = record;
    const name = this.prefix + key;
    return this.connection
      .send((redis) => replaceRecord.run(redis, name, digestOf(expected), payload, ttlOf(record)))
      .then(outcomeOf);
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

  async bury(key: string, record: StoredRecord): Promise<void> {
    await this.connection.send((redis) =>
      redis.set(this.prefix + key, record.payload, 'PX', ttlOf(record)),
    );
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

function codecOf(serializer: RedisSerializer): RecordCodec {
  return {
    seal: (text) => synchronous(serializer.stringify(JSON.parse(text))),
    open: (payload) => JSON.stringify(synchronous(parsed(serializer, payload))),
  };
}

/** What is wrong with a record is logged, and a parser's own message quotes what it could not read. */
function parsed(serializer: RedisSerializer, payload: string): unknown {
  try {
    return serializer.parse(payload);
  } catch {
    throw new Error(
      'its serializer could not parse it. What that threw is withheld, since it may quote the record',
    );
  }
}

/** connect-redis awaits what `parse` returns; a record must be readable while a request runs. */
function synchronous<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new TypeError('RedisSessionStore: serializer returned a promise. It must be synchronous.');
}
