import { adviceOn, evictionPolicyOf } from '../redis-eviction.js';
import type { RedisCommands } from './redis-commands.js';

/** A connection to Redis: one that the application passed in, or one of Sesame's own. */
export abstract class RedisConnection {
  abstract readonly isCluster: boolean;

  /**
   * Returns what takes commands, at once where possible.
   * @throws Error when it is known that there is no connection
   */
  abstract ready(): RedisCommands | Promise<RedisCommands>;

  /** Closes what Sesame opened. */
  abstract close(): Promise<void>;

  /**
   * Calls back whenever a connection is ready, including the current one. With a client of the
   * application, which may outlive the store, it calls back once.
   */
  protected abstract whenever(connected: (redis: RedisCommands) => void): void;

  /** Sends a command, at once where possible, with no more promises than necessary. */
  send<T>(command: (redis: RedisCommands) => Promise<T>): Promise<T> {
    try {
      const redis = this.ready();
      return redis instanceof Promise ? redis.then(command) : command(redis);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Warns of a server that may evict sessions, each time it has connected. */
  advise(tell: (advice: string) => void): void {
    this.whenever((redis) => {
      evictionPolicyOf(redis).then(
        (policy) => policy !== undefined && tell(adviceOn(policy)),
        () => undefined, // if the server does not answer, the requests will report that
      );
    });
  }
}
