import type { Cluster, Redis } from 'ioredis';
import { CommandBatch } from './command-batch.js';
import { IoRedisCommands } from './io-redis-commands.js';
import { openClient } from './own-client.js';
import type { OwnTarget } from './own-client.js';
import type { RedisCommands } from './redis-commands.js';
import { RedisConnection } from './redis-connection.js';

interface Opened {
  readonly client: Redis | Cluster;
  readonly commands: RedisCommands;
  readonly batch: CommandBatch;
}

/** A connection that Sesame itself opens, with ioredis, and closes. */
export class OwnConnection extends RedisConnection {
  readonly isCluster: boolean;
  private opening: Promise<Opened>;
  private opened: Opened | undefined;
  private isClosed = false;
  private firstAttempt: Promise<void> | undefined;
  /** Why there is no connection, while there is none. */
  private failure: Error | undefined;

  constructor(private readonly target: OwnTarget) {
    super();
    this.isCluster = 'nodes' in target;
    this.opening = this.connect();
  }

  private connect(): Promise<Opened> {
    const opening = this.open();
    const attempt: Promise<void> = opening
      .then(({ client }) => settled(client))
      .catch((error: Error) => {
        this.failure = error;
      })
      .then(() => {
        if (this.firstAttempt === attempt) this.firstAttempt = undefined;
      });
    this.firstAttempt = attempt;
    return opening;
  }

  /**
   * Waits only for the first attempt to connect. Nothing waits after that: commands that did would all be
   * sent when Redis comes back.
   */
  ready(): RedisCommands | Promise<RedisCommands> {
    if (this.firstAttempt !== undefined) return this.firstAttempt.then(() => this.ready());
    const { opened, failure } = this;
    if (opened === undefined || (failure !== undefined && failsFast(opened.client))) {
      throw new Error('There is no connection to Redis.', { cause: failure });
    }
    opened.batch.join();
    return opened.commands;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const opened = await this.opening.catch(() => undefined);
    if (opened !== undefined && opened.client.status !== 'end') opened.client.disconnect();
  }

  /** Also says at boot if ioredis is missing. */
  override advise(tell: (advice: string) => void): void {
    super.advise(tell);
    this.opening.catch((error: Error) => tell(error.message));
  }

  protected whenever(connected: (redis: RedisCommands) => void): void {
    if (this.isClosed) this.reopen();
    this.opening.then(
      ({ client, commands }) => {
        if (client.status === 'ready') connected(commands);
        client.on('ready', () => connected(commands));
      },
      () => undefined,
    );
  }

  /** Connects for an application that takes over the store from one that has closed it, as in a test. */
  private reopen(): void {
    this.isClosed = false;
    this.opened = undefined;
    this.failure = undefined;
    this.opening = this.connect();
  }

  private async open(): Promise<Opened> {
    const client = await openClient(this.target);
    // ioredis prints errors that nobody listens to. The error is kept as the cause for commands that
    // fail while there is no connection.
    client.on('error', (error: Error) => {
      this.failure = error;
    });
    client.on('ready', () => {
      this.failure = undefined;
    });
    this.opened = {
      client,
      commands: new IoRedisCommands(client),
      batch: new CommandBatch(client),
    };
    return this.opened;
  }
}

function failsFast({ status, options }: Redis | Cluster): boolean {
  return status !== 'ready' && !options.enableOfflineQueue;
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
