import type { Cluster, Redis } from 'ioredis';
import { CommandBatch } from './command-batch.js';
import { IoRedisCommands } from './io-redis-commands.js';
import type { RedisCommands } from './redis-commands.js';
import { RedisConnection } from './redis-connection.js';

/** An ioredis client that the application passed in; it is used as it is. */
export class IoRedisConnection extends RedisConnection {
  readonly isCluster: boolean;
  private readonly commands: RedisCommands;
  private readonly batch: CommandBatch;

  constructor(private readonly client: Redis | Cluster) {
    super();
    this.isCluster = client.isCluster;
    this.commands = new IoRedisCommands(client);
    this.batch = new CommandBatch(client);
  }

  ready(): RedisCommands {
    this.batch.join();
    return this.commands;
  }

  async close(): Promise<void> {
    // It is the application's.
  }

  protected whenever(connected: (redis: RedisCommands) => void): void {
    if (this.client.status === 'ready') connected(this.commands);
    else this.client.once('ready', () => connected(this.commands));
  }
}
