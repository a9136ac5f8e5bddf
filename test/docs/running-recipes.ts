import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from '../support/browser.js';
import type { Consumer } from './consumer.js';
import { filesOf } from './markdown.js';

/**
 * What stands in for `main.ts`: serves the one module that each file exports, set up by its
 * `configure()` if it has one, and moves the clock when it is asked to.
 */
const MAIN = `
  import { NestFactory } from '@nestjs/core';

  let ahead = 0;
  const { now } = Date;
  Date.now = () => now() + ahead;
  process.on('message', (milliseconds) => {
    ahead += milliseconds;
    process.send('moved');
  });

  const started = {};
  for (const name of process.argv.slice(2)) {
    try {
      const file = await import('./' + name + '.js');
      const module = Object.values(file).find((value) => /Module$/.test(value.name ?? ''));
      const app = await NestFactory.create(module, { abortOnError: false, logger: false });
      file.configure?.(app);
      await app.listen(0, '127.0.0.1');
      started[name] = { port: app.getHttpServer().address().port };
    } catch (error) {
      started[name] = { error: String(error.message) };
    }
  }
  process.send(started);
`;

type Started = Readonly<Record<string, { readonly port?: number; readonly error?: string }>>;

/** The programs of a page of recipes, compiled as pasted, in a process of their own. */
export class RunningRecipes {
  private constructor(
    private readonly process: ChildProcess,
    private readonly started: Started,
  ) {}

  /** @param names of the files to start, which share the process */
  static async start(
    consumer: Consumer,
    page: string,
    names: readonly string[],
    given: {
      readonly env?: Record<string, string>;
      readonly dotEnv?: string;
      /** Files of the test's own beside those of the page. */
      readonly more?: ReadonlyMap<string, string>;
    } = {},
  ): Promise<RunningRecipes> {
    const name = `${page.replaceAll(/\W/g, '-')}-${names.join('-')}`;
    consumer.transpile(name, new Map([...filesOf(page), ...(given.more ?? [])]));
    const folder = consumer.appFolder(name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'dist/main.js'), MAIN);
    if (given.dotEnv !== undefined) writeFileSync(join(folder, '.env'), given.dotEnv);
    const child = fork('dist/main.js', [...names], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...given.env },
      execArgv: [],
    });
    const [started]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (!isStarted(started))
      throw new Error(`The recipes of ${page} ended with ${String(started)}.`);
    return new RunningRecipes(child, started);
  }

  /** Where one of them listens. */
  origin(name: string): string {
    const { port, error } = this.started[name] ?? {};
    if (port === undefined) throw new Error(`${name} did not start: ${error}`);
    return `http://127.0.0.1:${port}`;
  }

  browser(name: string): Browser {
    return new Browser(this.origin(name));
  }

  /** Why one of them did not start. */
  error(name: string): string | undefined {
    return this.started[name]?.error;
  }

  /** Has it be so much later for all of them. */
  async later(milliseconds: number): Promise<void> {
    const moved = once(this.process, 'message');
    this.process.send(milliseconds);
    await moved;
  }

  async stop(): Promise<void> {
    const isOver = this.process.exitCode !== null || this.process.signalCode !== null;
    if (isOver) return;
    const exited = once(this.process, 'exit');
    this.process.kill();
    await exited;
  }
}

function isStarted(message: unknown): message is Started {
  return typeof message === 'object' && message !== null;
}
