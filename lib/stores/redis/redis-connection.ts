import { Cluster, Redis } from 'ioredis';
import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import { CommandBatch } from './command-batch.js';

/** ioredis's options; how it maps replies is Sesame's business. */
export type RedisConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** Those of the connections to a cluster's nodes, which the cluster itself makes and remakes. */
export type RedisNodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/** Where Redis is: a client of the application, or what Sesame needs to open one of its own. */
export type RedisTarget =
  | {
      /** A connected ioredis `Redis` or `Cluster`. It is used as it is and never closed. */
      client: Redis | Cluster;
    }
  | {
      /** `redis://` or `rediss://` URL of a single server. */
      url: string;
      /** Further ioredis options; they win over Sesame's. */
      redisOptions?: RedisConnectionOptions;
    }
  | {
      /** Some nodes of a Redis Cluster. */
      nodes: ClusterNode[];
      /** Further options of ioredis's `Cluster`; they win over Sesame's. */
      clusterOptions?: Omit<ClusterOptions, 'redisOptions'>;
      /** Further ioredis options, for the connections to the nodes; they win over Sesame's. */
      redisOptions?: RedisNodeOptions;
    }
  | {
      /** Sentinels that watch the master. */
      sentinels: { host: string; port: number }[];
      /** The name by which they know that master. */
      name: string;
      /** Further ioredis options; they win over Sesame's. */
      redisOptions?: RedisConnectionOptions;
    };

/** Reconnects at once, then ever later up to half a second, and never gives up. */
const retryStrategy = (attempt: number): number => Math.min((attempt - 1) * 50, 500);

/** What holds for a connection to one node, of a cluster or alone. */
const FAIL_FAST_NODE: RedisNodeOptions = {
  // A command under way when the connection breaks fails. Sent again, it might be done twice.
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  // A server that takes commands and answers none is given up, so that another can be found.
  socketTimeout: 3_000,
  // A server that does not say goodbye is left. ioredis waits for as long, and keeps the process from
  // ending, where the connection had been lost before.
  disconnectTimeout: 200,
  // How soon a server that is reading its data from disk is asked again; it only knows an estimate.
  maxLoadingRetryTime: 500,
};

/** A command fails at once while there is no connection, instead of waiting for one. */
const FAIL_FAST: RedisConnectionOptions = {
  ...FAIL_FAST_NODE,
  enableOfflineQueue: false,
  retryStrategy,
  // After a failover this connection may still lead to the old master.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** A Sentinel that takes questions and answers none is passed over, so that the next is asked. */
const FAIL_FAST_SENTINEL: RedisConnectionOptions = {
  sentinelRetryStrategy: retryStrategy,
  sentinelCommandTimeout: 1_000,
};

/** A command may wait a moment for a node that is being connected or replaced, not for long. */
const FAIL_FAST_CLUSTER: ClusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: retryStrategy,
  // The node is tried once more, and then the others are asked who took over from it. Without that
  // second try ioredis would send the commands under way again, and they might be done twice.
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
    // Heard here, since ioredis prints what nobody hears; and kept, since a command that meets no
    // connection does not know why there is none.
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
   * The client, for commands that are sent at once. While the first connection is being made there
   * is something to wait for; after that, and after it has failed, never: what waited would all be
   * sent when Redis comes back.
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

  /** Sends a command at once, where it can; with no more promises than that takes. */
  send<T>(command: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      const redis = this.ready();
      return redis instanceof Promise ? redis.then(command) : command(redis);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Calls back with each connection as it is ready, this one included; with a client of the
   * application, which may live longer than this, with the first one only.
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

/** How an attempt to connect ends, well or badly. */
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
