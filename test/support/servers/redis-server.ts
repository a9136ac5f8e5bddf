import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

const COMMAND = process.env['REDIS_SERVER'] ?? 'redis-server';

/** A real redis-server on a free port, in a folder of its own. */
export class RedisServer {
  private process: ServerProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sesame-redis-'));

  private constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {}

  static async start(...args: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the server on its port; resolves when it answers. */
  async run(): Promise<void> {
    const base = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const quiet = ['--save', '', '--appendonly', 'no', '--loglevel', 'warning'];
    const server = new ServerProcess(COMMAND, [...base, ...quiet, ...this.args]);
    this.process = server;
    await firstAnswer(this.url, server);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.signal(signal);
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    await this.process?.end();
    this.process = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for the first answer of a server that was just started. */
async function firstAnswer(url: string, server: ServerProcess): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    await server.ready(client.ping());
  } finally {
    client.disconnect();
  }
}
