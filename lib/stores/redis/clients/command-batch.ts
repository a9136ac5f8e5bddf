// Not the global one, which an application's tests may have replaced by a fake timer.
import { setImmediate } from 'node:timers';
import type { Cluster, Redis } from 'ioredis';

/**
 * Sends the commands of one turn of the event loop in one write to the socket. Under load, many requests
 * send a command in the same turn, and the write is the most expensive part of a small command.
 */
export class CommandBatch {
  private isOpen = false;

  constructor(private readonly client: Redis | Cluster) {}

  /** Writes the commands sent from now to the end of the turn together. */
  join(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const streams = this.openStreams();
    for (const stream of streams) stream.cork();
    setImmediate(() => {
      this.isOpen = false;
      for (const stream of streams) stream.uncork();
    });
  }

  private openStreams(): Redis['stream'][] {
    const nodes = 'nodes' in this.client ? this.client.nodes() : [this.client];
    // A client that has not connected yet has no stream, whatever its type says.
    return nodes.map((node) => node.stream).filter(Boolean);
  }
}
