import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { until } from '../until.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';
import { ServerProcess } from './server-process.js';

const COMMAND = process.env['REDIS_SERVER'] ?? 'redis-server';
const MASTER = 'sesame';

/** A real master with two replicas, and three Sentinels that watch them. */
export class RedisSentinels {
  readonly name = MASTER;

  private constructor(
    readonly servers: readonly RedisServer[],
    readonly watchers: readonly Sentinel[],
  ) {}

  static async start(): Promise<RedisSentinels> {
    const first = await RedisServer.start(...QUICK_SYNC);
    const following = ['--replicaof', '127.0.0.1', String(first.port)];
    const replicas = await Promise.all([
      RedisServer.start(...QUICK_SYNC, ...following),
      RedisServer.start(...QUICK_SYNC, ...following),
    ]);
    const watchers: Sentinel[] = [];
    for (let count = 0; count < 3; count += 1) {
      watchers.push(await Sentinel.start(first.port));
    }
    const sentinels = new RedisSentinels([first, ...replicas], watchers);
    try {
      await sentinels.settle();
    } catch (error) {
      await sentinels.stop();
      throw error;
    }
    return sentinels;
  }

  /** For the `sentinels` option of a client. */
  get addresses(): { host: string; port: number }[] {
    return this.watchers.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The server that every Sentinel names as the master. */
  async master(): Promise<RedisServer> {
    const ports = await Promise.all(this.watchers.map((watcher) => watcher.masterPort()));
    const server = this.servers.find(({ port }) => ports.every((one) => one === port));
    if (server === undefined) throw new Error('the Sentinels do not agree on the master');
    return server;
  }

  /** Kills the master; resolves with the new one as soon as every Sentinel names it. */
  async failOver(): Promise<RedisServer> {
    const old = await this.master();
    await old.kill();
    await until(async () => {
      const ports = await Promise.all(this.watchers.map((watcher) => watcher.masterPort()));
      return ports.every((port) => port !== old.port && port === ports[0]);
    }, 20_000);
    return this.master();
  }

  /** Resolves when all of them are connected to each other. */
  async settle(): Promise<void> {
    await until(async () => {
      const states = await Promise.all(this.watchers.map((watcher) => watcher.isSettled()));
      return states.every(Boolean);
    }, 20_000);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.watchers, ...this.servers].map((one) => one.stop()));
  }
}

/** A replica gets its first copy at once, instead of waiting for others to join. */
const QUICK_SYNC = ['--repl-diskless-sync-delay', '0'];

const TIMES = [
  `sentinel down-after-milliseconds ${MASTER} 500`,
  `sentinel failover-timeout ${MASTER} 3000`,
];

class Sentinel {
  private constructor(
    readonly port: number,
    private readonly process: ServerProcess,
    private readonly client: Redis,
    private readonly folder: string,
  ) {}

  static async start(masterPort: number): Promise<Sentinel> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'sesame-sentinel-'));
    const config = join(folder, 'sentinel.conf');
    const watch = `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`;
    const base = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`];
    writeFileSync(config, [...base, watch, ...TIMES, ''].join('\n'));
    const server = new ServerProcess(COMMAND, [config, '--sentinel']);
    const client = new Redis(port, {
      enableReadyCheck: false,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
    });
    client.on('error', () => undefined);
    const sentinel = new Sentinel(port, server, client, folder);
    try {
      await server.ready(client.ping());
      return sentinel;
    } catch (error) {
      await sentinel.stop();
      throw error;
    }
  }

  async masterPort(): Promise<number | undefined> {
    const address = await this.client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER);
    return Array.isArray(address) ? Number(address[1]) : undefined;
  }

  async isSettled(): Promise<boolean> {
    const info = String(await this.client.info('sentinel'));
    if (!/status=ok,.*slaves=2,sentinels=3/.test(info)) return false;
    const replicas = await this.client.call('SENTINEL', 'REPLICAS', MASTER);
    return JSON.stringify(replicas).match(/"master-link-status","ok"/g)?.length === 2;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.signal(signal);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.process.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
