import type { NodeRedis } from './node-redis-client.js';
import { NodeRedisCommands } from './node-redis-commands.js';
import type { RedisCommands } from './redis-commands.js';
import { RedisConnection } from './redis-connection.js';

/**
 * A node-redis client that the application passed in; it is used as it is. The client itself writes the
 * commands of one turn of the event loop together.
 */
export class NodeRedisConnection extends RedisConnection {
  readonly isCluster: boolean;
  private readonly commands: RedisCommands;

  constructor(private readonly client: NodeRedis) {
    super();
    this.commands = new NodeRedisCommands(client);
    this.isCluster = this.commands.isCluster;
  }

  ready(): RedisCommands {
    const { client, commands } = this;
    // A cluster that is still looking for its nodes would fail with a TypeError.
    if (client.isOpen && client.masters?.length !== 0) return commands;
    throw new Error(
      'The node-redis client is not connected. Await its connect() before the application starts, and close it only after the application.',
    );
  }

  async close(): Promise<void> {
    // It is the application's.
  }

  /** Also warns of a client without an error listener: a connection that breaks would end the process. */
  override advise(tell: (advice: string) => void): void {
    super.advise(tell);
    if (this.client.listenerCount('error') > 0) return;
    tell(
      "The node-redis client has no listener for its errors, so the process ends when the connection to Redis breaks. Add client.on('error', ...).",
    );
  }

  protected whenever(connected: (redis: RedisCommands) => void): void {
    const { client, commands } = this;
    // A pool, and a cluster before version 6, do not say when they are ready.
    if (client.isReady ?? client.isOpen) connected(commands);
    else client.once('isReady' in client ? 'ready' : 'connect', () => connected(commands));
  }
}
