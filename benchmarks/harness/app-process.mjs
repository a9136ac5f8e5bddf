// An application in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineUp } from './apps.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export class AppProcess {
  constructor(app, port, child) {
    this.app = app;
    this.port = port;
    this.child = child;
  }

  static async start(app, redisUrl) {
    const { name, folder = lineUp.name, checkout = ROOT } = app;
    const file = join(checkout, 'benchmarks/apps', folder, `${name.replace(/@.*/, '')}.mjs`);
    const env = { ...process.env, NODE_ENV: 'production', REDIS_URL: redisUrl };
    const child = fork(file, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const ended = new AbortController();
    child.once('exit', () => ended.abort());
    try {
      const [{ port }] = await once(child, 'message', { signal: ended.signal });
      child.stderr.on('data', (chunk) => process.stderr.write(chunk));
      return new AppProcess(app, port, child);
    } catch {
      throw new Error(`${app.name} did not start:\n${errors}`);
    }
  }

  /** CPU time so far, and memory, of the whole process. */
  async usage() {
    const { cpu, rss } = await this.ask('usage');
    return { cpu: cpu.user + cpu.system, rss };
  }

  async ask(question) {
    this.child.send(question);
    const [{ answer }] = await once(this.child, 'message');
    return answer;
  }

  stop() {
    this.child.kill('SIGKILL');
  }
}
