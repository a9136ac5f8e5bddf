import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Even a busy machine starts a server sooner. It is shorter than the timeout of a test. */
const PATIENCE = 30_000;

/** The user that a process runs as, if it is another one. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** A program in a process of its own. If it does not do what it should, the error quotes its output. */
export class ServerProcess {
  private readonly child: ChildProcess;
  private readonly over: Promise<string>;
  private readonly listeners = new Set<() => void>();
  private said = '';

  constructor(
    private readonly command: string,
    args: readonly string[],
    identity: Identity = {},
  ) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...identity });
    this.child.stdout?.on('data', this.hear);
    this.child.stderr?.on('data', this.hear);
    this.over = new Promise((resolve) => {
      this.child.once('error', ({ message }) => resolve(`could not be started (${message})`));
      this.child.once('close', (code, signal) => resolve(`ended with ${String(code ?? signal)}`));
    });
  }

  /** Runs a command to its end; rejects unless it succeeds. */
  static async finish(...[command, args, identity]: ConstructorParameters<typeof ServerProcess>) {
    const running = new ServerProcess(command, args, identity);
    await running.within(
      running.over.then((how) => {
        if (how !== 'ended with 0') throw running.complaint(how);
      }),
    );
  }

  /** Waits for a sign that the server works; rejects if it ends first, or gives none for too long. */
  async ready<T>(sign: Promise<T>): Promise<T> {
    const failed = this.over.then((how) => {
      throw this.complaint(how);
    });
    return this.within(Promise.race([sign, failed]));
  }

  /** Resolves once it has printed this. */
  saying(words: string): Promise<void> {
    return new Promise((resolve) => {
      const listen = (): void => {
        if (!this.said.includes(words)) return;
        this.listeners.delete(listen);
        resolve();
      };
      this.listeners.add(listen);
      listen();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it with this signal, unless it is already over. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.over;
  }

  private async within<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const late = pause(PATIENCE, undefined, done).then(() => {
      throw this.complaint(`gave no sign of life for ${PATIENCE / 1_000} seconds`);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      done.abort();
    }
  }

  private readonly hear = (data: Buffer): void => {
    this.said = `${this.said}${data.toString()}`.slice(-10_000);
    for (const listen of this.listeners) listen();
  };

  private complaint(how: string): Error {
    const words = this.said.trim() || 'nothing';
    return new Error(`${this.command} ${how}. It said: ${words}`);
  }
}
