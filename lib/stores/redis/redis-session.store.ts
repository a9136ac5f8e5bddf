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
  Renewal,
  ReplaceOutcome,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from '../session-store.js';
import type { RedisConnection } from './clients/redis-connection.js';
import { evictionPolicyOf } from './redis-eviction.js';
import { expressClient } from './redis-express-client.js';
import { scanKeys } from './redis-key-scan.js';
import { checkRedisOptions } from './redis-options.rule.js';
import { isRefusal } from './redis-refusal.js';
import { codecOf } from './redis-serializer.js';
import type { RedisSerializer } from './redis-serializer.js';
import { connectTo } from './redis-target.js';
import type { RedisTarget } from './redis-target.js';
import { RedisUserIndex } from './redis-user-index.js';
import { expectation, versionedByHead, versionOf } from './redis-version.js';
import { putRecord } from './scripts/put-record.js';
import { readBytes } from './scripts/read-bytes.js';
import { removeRecord } from './scripts/remove-record.js';
import { renewRecords } from './scripts/renew-records.js';
import { replaceRecord } from './scripts/replace-record.js';

/** Options of {@link RedisSessionStore}: where Redis is, and connect-redis's own. */
export type RedisSessionStoreOptions = RedisTarget & {
  /**
   * What the keys of sessions begin with.
   * @default 'sess:'
   */
  prefix?: string;
  /**
   * What the keys of the user indexes begin with. It follows `prefix`, with `-user` before the colon, so
   * that applications with different prefixes share no users.
   * @default 'sess-user:'
   */
  userPrefix?: string;
  /**
   * How records are written: connect-redis's option, for a format of the application's own. It must be
   * synchronous.
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

/** Redis's answer for a key that it keeps for good. */
const NO_TTL = -1;

/** How much later than planned Redis drops a record, in milliseconds: mostly the latency of the network. */
const TTL_TOLERANCE = 1_000;

/** What decoding puts in place of bytes that are not UTF-8. Valid text may contain it, too. */
const REPLACEMENT = '\uFFFD';

/**
 * Keeps sessions in Redis 6 or newer, Redis Cluster included: exact under parallel requests on any number of
 * instances, with one command to read a session and one to write it.
 *
 * It extends connect-redis's store, and so serves plain express-session as well.
 */
export class RedisSessionStore extends RedisStore implements IndexedSessionStore {
  static {
    brand(this, 'RedisSessionStore');
  }

  /** Which sessions a user has. */
  readonly users: UserIndex;
  /** Records are compared by their first characters. */
  readonly wantsRevision = true;
  /** The application's own serializer, if there is one. */
  readonly codec: RecordCodec | undefined;
  /** Left out for a Cluster, where the records are on different nodes. */
  readonly readMany?: (keys: readonly string[]) => Promise<readonly (ReadRecord | undefined)[]>;
  /** Left out for a Cluster, too. */
  readonly renewMany?: (renewals: readonly Renewal[]) => Promise<readonly ReplaceOutcome[]>;
  private readonly connection: RedisConnection;

  /** @throws TypeError when an option is missing, unknown, or not supported */
  constructor(options: RedisSessionStoreOptions) {
    const given = checkRedisOptions(options);
    const connection = connectTo(given);
    // connect-redis would treat the client as ioredis's or node-redis's. It gets one that serves both, below.
    super({ ...given, client: {} });
    this.connection = connection;
    this.codec = given.serializer && codecOf(given.serializer);
    if (!connection.isCluster) {
      this.readMany = (keys) => this.atOnce(keys, this.mget.bind(this), this.read.bind(this));
      this.renewMany = (renewals) =>
        this.atOnce(renewals, this.sendRenewals.bind(this), ({ key, version, record }) =>
          this.renew(key, version, record),
        );
    }
    this.client = expressClient(() => this.connection.ready());
    this.users = new RedisUserIndex(
      () => this.connection.ready(),
      given.userPrefix ?? userPrefixOf(this.prefix),
    );
  }

  read(key: string): Promise<ReadRecord | undefined> {
    return this.connection
      .send((redis) => redis.get(this.prefix + key))
      .then((payload) => this.recordIn(payload, key));
  }

  /** connect-redis's touch extends only the TTL. */
  async isKeptBeyond(key: string, time: number): Promise<boolean> {
    const left = Number(await this.connection.send((redis) => redis.pttl(this.prefix + key)));
    return left === NO_TTL || Date.now() + left > time + TTL_TOLERANCE;
  }

  create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    const { payload } = record;
    return this.connection
      .send((redis) => redis.create(this.prefix + key, payload, ttlOf(record)))
      .then((answer) =>
        answer === 'OK' ? { version: versionOf(payload) } : this.createdBefore(key, payload),
      );
  }

  /** Where several instances write to one session, each of them gets its turn. */
  replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    const { payload } = record;
    // No literal: see "Literals that outlive their request" in benchmarks/NOTES.md.
    const args = Array.of<string | number>(expectation(version), payload, ttlOf(record));
    if (turn !== undefined) args.push(turn);
    return this.connection
      .send((redis) => replaceRecord.run(redis, [this.prefix + key], args))
      .then((answer) =>
        String(answer) === '2' ? 'busy' : (refusalIn(answer) ?? { version: versionOf(payload) }),
      );
  }

  /** The same; even when Redis is full, it takes a payload that is no longer than the one there. */
  async renew(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    const [outcome = 'gone'] = await this.sendRenewals([{ key, version, record }]);
    return outcome;
  }

  remove(key: string, version?: Version): Promise<RemoveOutcome> {
    const name = this.prefix + key;
    return this.connection
      .send<unknown>((redis) =>
        version === undefined
          ? redis.del([name])
          : removeRecord.run(redis, [name], [expectation(version)]),
      )
      .then((answer) => refusalIn(answer) ?? 'removed');
  }

  /** If Redis is full and has no room for the record, the one that is there is removed instead. */
  async put(key: string, record: StoredRecord): Promise<void> {
    const name = this.prefix + key;
    await this.connection.send((redis) =>
      putRecord.run(redis, [name], [record.payload, ttlOf(record)]),
    );
  }

  /**
   * Returns the keys of all records, by SCAN on every master, if Redis may evict keys; `undefined` if it
   * evicts none or does not say.
   */
  async scanBeyondIndex(from?: string): Promise<KeyBatch | undefined> {
    const redis = await this.connection.ready();
    if (from === undefined && (await evictionPolicyOf(redis)) === undefined) return undefined;
    return scanKeys(redis, this.prefix, from);
  }

  /** Warns of what would end sessions or the process, each time the store has connected. */
  advise(tell: (advice: string) => void): void {
    this.connection.advise(tell);
  }

  /**
   * Finds out whether the record under a taken key is this one: a client of the application may send a
   * command again when its connection breaks, after the first one was carried out.
   */
  private async createdBefore(key: string, payload: string): Promise<Written | 'taken'> {
    const there = await this.connection.send((redis) => redis.get(this.prefix + key));
    return there === payload ? { version: versionOf(payload) } : 'taken';
  }

  /** Acts in one step, or one by one if a plain client leads to a cluster, such as one behind a proxy. */
  private async atOnce<T, R>(
    items: readonly T[],
    all: (items: readonly T[]) => Promise<R[]>,
    one: (item: T) => Promise<R>,
  ): Promise<R[]> {
    try {
      return await all(items);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('CROSSSLOT')) throw error;
      return Promise.all(items.map(one));
    }
  }

  private async mget(keys: readonly string[]): Promise<(ReadRecord | undefined)[]> {
    const names = keys.map((key) => this.prefix + key);
    const payloads = await this.connection.send((redis) => redis.mget(names));
    return Promise.all(keys.map((key, at) => this.recordIn(payloads[at] ?? null, key)));
  }

  private async sendRenewals(renewals: readonly Renewal[]): Promise<ReplaceOutcome[]> {
    const names = renewals.map(({ key }) => this.prefix + key);
    const args = renewals.flatMap(({ version, record }) => [
      expectation(version),
      record.payload,
      ttlOf(record),
    ]);
    const answers = await this.connection.send((redis) => renewRecords.run(redis, names, args));
    if (!Array.isArray(answers)) return [];
    return answers.map(
      (answer, at) =>
        refusalIn(answer) ?? { version: versionOf(renewals[at]?.record.payload ?? '') },
    );
  }

  private recordIn(
    payload: string | null,
    key: string,
  ): ReadRecord | undefined | Promise<ReadRecord | undefined> {
    if (payload === null) return undefined;
    return payload.includes(REPLACEMENT) ? this.readText(key) : versionedByHead(payload);
  }

  /**
   * Reads a record that may not be valid UTF-8. Such a record is damaged, and could never be replaced,
   * since Redis compares bytes.
   */
  private async readText(key: string): Promise<ReadRecord | undefined> {
    const answer = await this.connection.send((redis) => readBytes.run(redis, [this.prefix + key]));
    if (!Array.isArray(answer)) return undefined;
    const [text, sha] = answer.map(String);
    const isText = text !== undefined && hash('sha1', text, 'hex') === sha;
    return versionedByHead(isText ? text : REPLACEMENT); // which is not a record
  }

  /** A command that was under way when the connection broke may have been carried out. */
  isAnswerLost(error: unknown): boolean {
    return !isRefusal(error);
  }

  /** Closes the connection if this store opened it. A client of the application stays open. */
  close(): Promise<void> {
    return this.connection.close();
  }
}

function userPrefixOf(prefix: string): string {
  return `${prefix.replace(/:$/, '')}-user:`;
}

/** Returns how long the record has to live, in whole milliseconds. */
function ttlOf({ expiresAt }: StoredRecord): number {
  return Math.max(1, Math.ceil(expiresAt - Date.now()));
}

/**
 * Returns why a script refused to write; `undefined` when it wrote. The numbers are compared as text, since a
 * client with the option `stringNumbers` returns text. No record is a number.
 */
function refusalIn(answer: unknown): 'gone' | Conflict | undefined {
  const text = String(answer);
  if (text === '1') return undefined;
  return text === '0' ? 'gone' : { conflict: versionedByHead(text) };
}
