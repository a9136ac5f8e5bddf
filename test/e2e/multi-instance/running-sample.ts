import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Instance {
  readonly origin: string;
  readonly pid: number;
}

/** The sample as its users run it: one process that starts two more. */
export class RunningSample {
  private constructor(
    private readonly process: ChildProcess,
    readonly proxy: string,
    readonly instances: readonly [Instance, Instance],
  ) {}

  static async start(dist: string, redisUrl: string): Promise<RunningSample> {
    const { SESSION_SECRET: _secret, ...environment } = process.env;
    const sample = spawn(process.execPath, [join(dist, 'start.js')], {
      env: { ...environment, PORT: '0', REDIS_URL: redisUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await sayingUntil(sample, /^Proxy: \S+$/m);
    const [one, two] = [...said.matchAll(/^Instance \d: (\S+) \(process (\d+)\)$/gm)].map(
      ([, origin = '', pid]): Instance => ({ origin, pid: Number(pid) }),
    );
    const proxy = /^Proxy: (\S+)$/m.exec(said)?.[1]?.replace('localhost', '127.0.0.1');
    if (one === undefined || two === undefined || proxy === undefined) throw new Error(said);
    return new RunningSample(sample, proxy, [one, two]);
  }

  /** @returns the exit code */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<unknown> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const [code]: unknown[] = await ended;
    return code;
  }
}

async function sayingUntil(sample: ChildProcess, what: RegExp): Promise<string> {
  let said = '';
  for await (const chunk of sample.stdout ?? []) {
    said += String(chunk);
    if (what.test(said)) return said;
  }
  throw new Error(`The sample ended before it was ready. ${said}`);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
