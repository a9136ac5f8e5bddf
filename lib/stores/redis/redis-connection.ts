import { Cluster, Redis } from 'ioredis';
import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import { CommandBatch } from './command-batch.js';

/** ioredis's options, except how it maps replies: Sesame relies on the default. */
export type RedisConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** The options of connections to the nodes of a cluster, which the cluster opens and reopens itself. */
export type RedisNodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/** Where Redis is: a client of the application, or what Sesame needs to open a client itself. */
export type RedisTarget =
  | {
      /** A connected ioredis `Redis` or `Cluster`. Sesame uses it as it is, and never closes it. */
      client: Redis | Cluster;
    }
  | {
      /** `redis://` or `rediss://` URL of a single server. */
      url: string;
      /** Further ioredis options; they override Sesame's. */
      redisOptions?: RedisConnectionOptions;
    }
  | {
      /** Some nodes of a Redis Cluster. */
      nodes: ClusterNode[];
      /** Further options of ioredis's `Cluster`; they override Sesame's. */
      clusterOptions?: Omit<ClusterOptions, 'redisOptions'>;
      /** Further ioredis options, for the connections to the nodes; they override Sesame's. */
      redisOptions?: RedisNodeOptions;
    }
  | {
      /** The Sentinels that watch the master. */
      sentinels: { host: string; port: number }[];
      /** The name by which they know the master. */
      name: string;
      /** Further ioredis options; they override Sesame's. */
      redisOptions?: RedisConnectionOptions;
    };

/** Reconnects at once, then after ever longer pauses of up to half a second, and never gives up. */
const retryStrategy = (attempt: number): number => Math.min((attempt - 1) * 50, 500);

/** For a connection to one node, whether or not it is part of a cluster. */
const FAIL_FAST_NODE: RedisNodeOptions = {
  // A command in flight fails when the connection breaks. Sent again, it might be executed twice.
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  // A server that accepts commands but does not reply is given up, so that another can be found.
  socketTimeout: 3_000,
  // How long to wait for the server to close a connection. When the connection was lost before, ioredis
  // waits all that time, and keeps the process alive.
  disconnectTimeout: 200,
  // How soon to ask a server again that is loading its data from disk; what it says itself is an estimate.
  maxLoadingRetryTime: 500,
};

/** While there is no connection, a command fails at once instead of waiting for one. */
const FAIL_FAST: RedisConnectionOptions = {
  ...FAIL_FAST_NODE,
  enableOfflineQueue: false,
  retryStrategy,
  // After a failover this connection may still lead to the old master.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** A Sentinel that does not reply is skipped, so that the next one is asked. */
const FAIL_FAST_SENTINEL: RedisConnectionOptions = {
  sentinelRetryStrategy: retryStrategy,
  sentinelCommandTimeout: 1_000,
};

/** A command waits only briefly for a node that is being connected or replaced. */
const FAIL_FAST_CLUSTER: ClusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: retryStrategy,
  // The node is tried once more, and then the others are asked which node took over. Without that
  // second attempt, ioredis would send the commands in flight again, and they might be executed twice.
  clusterNodeRetryStrategy: (attempt) => (attempt === 1 ? retryStrategy(attempt) : null),
  retryDelayOnFailover: 50,
  retryDelayOnClusterDown: 50,
  maxRedirections: 8,
};

/** A connection to Redis, and whether it is Sesame's to close. */
export class RedisConnection {
  readonly client: Redis | Cluster;
  private readonly isOwn: boolean;
  private readonly batch: CommandBatch;
  private firstAttempt: Promise<void> | undefined;
  /** Why there is no connection, while there is none. */
  private failure: Error | undefined;

  constructor(target: RedisTarget) {
    this.isOwn = !('client' in target);
    this.client = 'client' in target ? target.client : open(target);
    this.batch = new CommandBatch(this.client);
    if (!this.isOwn) return;
    // ioredis prints errors that nobody listens to. The error is kept as the cause for commands that
    // fail while there is no connection.
    this.client.on('error', (error: Error) => {
      this.failure = error;
    });
    this.client.on('ready', () => {
      this.failure = undefined;
    });
    this.firstAttempt = settled(this.client).then(() => {
      this.firstAttempt = undefined;
    });
  }

  /**
   * The client, for commands that are sent at once. Only the first attempt to connect is waited for.
   * After that nothing waits: commands that did would all be sent when Redis comes back.
   */
  ready(): Redis | Cluster | Promise<Redis | Cluster> {
    if (this.firstAttempt !== undefined) return this.firstAttempt.then(() => this.ready());
    const { client, failure } = this;
    if (failure !== undefined && client.status !== 'ready' && !client.options.enableOfflineQueue) {
      throw new Error('There is no connection to Redis.', { cause: failure });
    }
    this.batch.join();
    return this.client;
  }

  /** Sends a command, at once where possible, with no more promises than necessary. */
  send<T>(command: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      const redis = this.ready();
      return redis instanceof Promise ? redis.then(command) : command(redis);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Calls back whenever a connection is ready, including the current one. With a client of the
   * application, which may outlive the store, it calls back once.
   */
  whenever(connected: (redis: Redis | Cluster) => void): void {
    const { client } = this;
    const call = (): void => connected(client);
    const isReady = client.status === 'ready';
    if (isReady) call();
    if (this.isOwn) client.on('ready', call);
    else if (!isReady) client.once('ready', call);
  }

  async close(): Promise<void> {
    if (this.isOwn && this.client.status !== 'end') this.client.disconnect();
  }
}

/** The events that end an attempt to connect. */
const OUTCOMES = ['ready', 'error', 'close', 'end'];

function settled(client: Redis | Cluster): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const outcome of OUTCOMES) client.off(outcome, done);
      resolve();
    };
    for (const outcome of OUTCOMES) client.on(outcome, done);
  });
}

function open(target: Exclude<RedisTarget, { client: unknown }>): Redis | Cluster {
  if ('url' in target) return new Redis(target.url, { ...FAIL_FAST, ...target.redisOptions });
  if ('nodes' in target) {
    return new Cluster(target.nodes, {
      ...FAIL_FAST_CLUSTER,
      ...target.clusterOptions,
      redisOptions: { ...FAIL_FAST_NODE, ...target.redisOptions },
    });
  }
  const { sentinels, name, redisOptions } = target;
  return new Redis({ ...FAIL_FAST, ...FAIL_FAST_SENTINEL, sentinels, name, ...redisOptions });
}
