import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';

/** ioredis's options, except how it maps replies: Sesame relies on the default. */
export type RedisConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** The options of connections to the nodes of a cluster, which the cluster opens and reopens itself. */
export type RedisNodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/** What Sesame needs to open a client itself, by ioredis. */
export type OwnTarget =
  | {
      /**
       * `redis://` or `rediss://` URL of a single server. `undefined` is refused at boot, so that an
       * environment variable can be given as it is.
       */
      url: string | undefined;
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
  // A server that accepts commands but does not reply is given up on, so that another can be found.
  socketTimeout: 3_000,
  // How long to wait for the server to close a connection. Even when the connection is already lost, ioredis
  // waits all that time, and keeps the process alive.
  disconnectTimeout: 200,
  // How soon to retry a server that is loading its data from disk; what the server itself says is an
  // estimate.
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

/** @throws Error when ioredis is not installed: an application with a node-redis client does not need it */
export async function openClient(target: OwnTarget): Promise<Redis | Cluster> {
  const ioredis = await import('ioredis').catch((cause: unknown) => {
    throw new Error(
      'RedisSessionStore opens its connection by ioredis, which could not be loaded: run npm install ioredis, or give the store a client of node-redis.',
      { cause },
    );
  });
  if ('url' in target)
    return new ioredis.Redis(target.url ?? '', { ...FAIL_FAST, ...target.redisOptions });
  if ('nodes' in target) {
    return new ioredis.Cluster(target.nodes, {
      ...FAIL_FAST_CLUSTER,
      ...target.clusterOptions,
      redisOptions: { ...FAIL_FAST_NODE, ...target.redisOptions },
    });
  }
  const { sentinels, name, redisOptions } = target;
  return new ioredis.Redis({
    ...FAIL_FAST,
    ...FAIL_FAST_SENTINEL,
    sentinels,
    name,
    ...redisOptions,
  });
}
