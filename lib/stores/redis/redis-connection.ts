import { Cluster, Redis } from 'ioredis';
import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';

/** ioredis's options; how it maps replies is Sesame's business. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** Those of the connections to a cluster's nodes, which the cluster itself makes and remakes. */
export type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

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
      redisOptions?: ConnectionOptions;
    }
  | {
      /** Some nodes of a Redis Cluster. */
      nodes: ClusterNode[];
      clusterOptions?: Omit<ClusterOptions, 'redisOptions'>;
      redisOptions?: NodeOptions;
    }
  | {
      /** Sentinels, and the name of the master they watch. */
      sentinels: { host: string; port: number }[];
      name: string;
      redisOptions?: ConnectionOptions;
    };

/** Reconnects soon, and never gives up. */
const retryStrategy = (attempt: number): number => Math.min(attempt * 50, 500);

/** What holds for a connection to one node, of a cluster or alone. */
const FAIL_FAST_NODE: NodeOptions = {
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  // A server that takes commands and answers none is given up, so that another can be found.
  socketTimeout: 3_000,
};

/** A command fails at once while there is no connection, instead of waiting for one. */
const FAIL_FAST: ConnectionOptions = {
  ...FAIL_FAST_NODE,
  enableOfflineQueue: false,
  retryStrategy,
  // After a failover this connection may still lead to the old master.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** A connection to Redis, and whether it is Sesame's to close. */
export class RedisConnection {
  readonly client: Redis | Cluster;
  private readonly isOwn: boolean;
  private firstReady: Promise<void> | undefined;

  constructor(target: RedisTarget) {
    this.isOwn = !('client' in target);
    this.client = 'client' in target ? target.client : open(target);
    if (!this.isOwn) return;
    // ioredis prints unheard errors; every command that fails tells its caller anyway.
    this.client.on('error', () => undefined);
    this.firstReady = new Promise((resolve) => {
      this.client.once('ready', () => {
        this.firstReady = undefined;
        resolve();
      });
    });
  }

  /** While the first connection is being made there is something to wait for; after that, never. */
  get opening(): Promise<void> | undefined {
    return this.firstReady;
  }

  async close(): Promise<void> {
    if (this.isOwn && this.client.status !== 'end') this.client.disconnect();
  }
}

function open(target: Exclude<RedisTarget, { client: unknown }>): Redis | Cluster {
  if ('url' in target) return new Redis(target.url, { ...FAIL_FAST, ...target.redisOptions });
  if ('nodes' in target) {
    return new Cluster(target.nodes, {
      enableOfflineQueue: false,
      clusterRetryStrategy: retryStrategy,
      slotsRefreshTimeout: 2_000,
      ...target.clusterOptions,
      redisOptions: { ...FAIL_FAST_NODE, ...target.redisOptions },
    });
  }
  const { sentinels, name, redisOptions } = target;
  return new Redis({
    ...FAIL_FAST,
    sentinels,
    name,
    sentinelRetryStrategy: retryStrategy,
    ...redisOptions,
  });
}
