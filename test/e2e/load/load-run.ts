import { EventEmitter } from 'node:events';
import { Agent, request } from 'node:http';
import type { SessionStore } from 'nestjs-sesame';
import { STAGES, startLoadServer } from './load-server.js';
import type { LoadServer } from './load-server.js';

/** How many requests are under way at a time. */
const PARALLEL = 50;

/** One request in this many loses its client at some stage. */
const ABORT_EVERY = 20;

/** What the process itself has open. */
const OUTPUT = new Set(['PipeWrap', 'TTYWrap']);

/** What a run left behind, and what it took. */
export interface LoadFigures {
  readonly requests: number;
  readonly sessions: number;
  readonly aborted: number;
  readonly seconds: number;
  /** The heap after each tenth of the run, in bytes, when all garbage is gone. */
  readonly heaps: readonly number[];
  readonly rss: readonly number[];
  /** Of the server, the store and the process: before the first request and after the last. */
  readonly listeners: readonly [string, string];
  /** Timers and sockets that are still there when the server and the store are closed. */
  readonly resources: readonly string[];
}

/** Sends many requests of many sessions, and measures what they leave behind. */
export class LoadRun {
  private readonly cookies: (string | undefined)[];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  private aborted = 0;

  private constructor(
    private readonly target: LoadServer,
    private readonly store: SessionStore,
    sessions: number,
  ) {
    this.cookies = Array.from({ length: sessions });
  }

  static async run(store: SessionStore, requests: number, sessions: number): Promise<LoadFigures> {
    const run = new LoadRun(await startLoadServer(store), store, sessions);
    const started = Date.now();
    const before = run.countListeners();
    // Every session is there before anything is measured.
    await run.send(0, sessions);
    const [heaps, rss]: [number[], number[]] = [[], []];
    const part = Math.ceil(requests / 10);
    for (let from = 0; from < requests; from += part) {
      await run.send(from, Math.min(from + part, requests));
      globalThis.gc?.();
      heaps.push(process.memoryUsage().heapUsed);
      rss.push(process.memoryUsage().rss);
    }
    const { aborted } = run;
    const after = run.countListeners();
    await run.stop();
    const seconds = (Date.now() - started) / 1_000;
    return {
      requests,
      sessions,
      aborted,
      seconds,
      heaps,
      rss,
      listeners: [before, after],
      resources: process.getActiveResourcesInfo().filter((one) => !OUTPUT.has(one)),
    };
  }

  private async send(from: number, to: number): Promise<void> {
    let next = from;
    const work = async (): Promise<void> => {
      while (next < to) await this.sendOne(next++);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  private sendOne(index: number): Promise<void> {
    const visitor = index % this.cookies.length;
    const cookie = this.cookies[visitor];
    const isAborted = cookie !== undefined && index % ABORT_EVERY === 0;
    const stage = STAGES[(index / ABORT_EVERY) % STAGES.length];
    const headers = {
      ...(cookie !== undefined && { cookie }),
      ...(isAborted && { 'x-abort-at': stage }),
    };
    const path = index % 2 === 0 ? '/' : '/read';
    return new Promise((resolve, reject) => {
      const { agent, target } = this;
      const outgoing = request({ host: '127.0.0.1', port: target.port, agent, path, headers });
      outgoing.once('error', (error) => {
        if (!isAborted) return reject(error);
        this.aborted += 1;
        resolve();
      });
      outgoing.once('response', (response) => {
        const [pair] = response.headers['set-cookie']?.[0]?.split(';') ?? [];
        if (pair !== undefined) this.cookies[visitor] = pair;
        response.resume();
        response.once('error', () => undefined);
        response.once('close', () => {
          if (isAborted) this.aborted += 1;
          resolve();
        });
      });
      outgoing.end();
      if (isAborted && stage === 'before') outgoing.once('socket', () => outgoing.destroy());
    });
  }

  private countListeners(): string {
    const count = (emitter: object): number =>
      emitter instanceof EventEmitter
        ? emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
        : 0;
    return [this.target.server, this.store, process].map(count).join(' ');
  }

  private async stop(): Promise<void> {
    this.agent.destroy();
    const { server } = this.target;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await this.store.close?.();
    // Node lets go of sockets a little after it says that they are closed.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
