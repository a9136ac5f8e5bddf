import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

const COMMAND = process.env['REDIS_SERVER'] ?? 'redis-server';

/** A real redis-server on a free port, in a folder of its own. */
export class RedisServer {
  private process: ChildProcess | undefined;
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
    const server = spawn(COMMAND, [...base, ...quiet, ...this.args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = server;
    await untilReady(this.url, endOf(server));
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(signal);
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    const { process } = this;
    if (process === undefined || process.exitCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGKILL');
    await ended;
    this.process = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for the server's first answer, however slow the machine, unless it ends before. */
async function untilReady(url: string, ended: Promise<never>): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    await Promise.race([client.ping(), ended]);
  } finally {
    client.disconnect();
  }
}

/** Rejects when the server ends, with what it said; whoever does not wait for it need not care. */
function endOf(server: ChildProcess): Promise<never> {
  let said = '';
  server.stdout?.on('data', (data: Buffer) => {
    said = `${said}${data.toString()}`.slice(-2_000);
  });
  const ended = new Promise<never>((_resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => {
      reject(new Error(`redis-server ended with ${String(code)}: ${said}`));
    });
  });
  ended.catch(() => undefined);
  return ended;
}
