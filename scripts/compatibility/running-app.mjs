import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment } from './command.mjs';

const PATIENCE = 30_000;
const STORE_LINE = /^(.+): (http:\S+)$/gm;
/** What Sesame says about a Fastify adapter that is too old. */
const REFUSAL = /^The session options are not valid:\s+(.* needs @nestjs\/platform-fastify .*)$/m;
/** A message that the flow provokes. */
const EXPECTED_WARNING = /^.*A request of another origin was refused\..*$/gm;

/** The compiled application on one version of Node; whatever it prints is kept. */
export class RunningApp {
  printed = '';

  constructor(binary, folder, env) {
    this.process = spawn(binary, ['dist/main.js'], {
      cwd: folder,
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.process, 'close');
    this.ended.catch(() => undefined);
  }

  /** Resolves as soon as it listens, with its URL for each store. */
  listening() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.complaint('did not start')), PATIENCE);
      const listen = (text) => {
        this.printed += text;
        if (!/^listening$/m.test(this.printed)) return;
        clearTimeout(timer);
        resolve(new Map([...this.printed.matchAll(STORE_LINE)].map(([, ...line]) => line)));
      };
      this.process.stdout.setEncoding('utf8').on('data', listen);
      this.process.stderr.setEncoding('utf8').on('data', listen);
      const fail = () => {
        clearTimeout(timer);
        reject(this.complaint('ended before it listened'));
      };
      this.ended.then(fail, fail);
    });
  }

  /** Asks the application to end; rejects if it does not, or ends with an error. */
  async stop() {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE);
    this.process.kill('SIGTERM');
    const [code, signal] = await this.ended;
    clearTimeout(timer);
    if (code !== 0) throw this.complaint(`ended with ${signal ?? `exit code ${code}`}`);
  }

  /** Why it does not run on Fastify, if it does not. */
  get refusal() {
    return REFUSAL.exec(this.printed)?.[1];
  }

  /** What it printed besides where it listens: usually warnings. */
  get remarks() {
    return this.printed
      .replace(STORE_LINE, '')
      .replace(EXPECTED_WARNING, '')
      .replace(REFUSAL, '')
      .replace(/^listening$/m, '')
      .trim();
  }

  complaint(what) {
    return new Error(`The application ${what}.\n${this.remarks}`.trim());
  }
}
