import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { commandPath } from './command-path.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

const PROGRAM = commandPath('pgbouncer');

/** `describe` where PgBouncer is installed; elsewhere the tests are skipped, with a message. */
export function describeIfPgBouncer(name: string, tests: () => void): void {
  if (PROGRAM !== undefined) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`Skipped: ${name}. pgbouncer is not installed (Debian: pgbouncer).\n`);
  // .ci/run installs it, so that nothing is skipped there; a developer's machine may lack it.
  describe.skip(name, tests);
}

/** A PgBouncer that gives each transaction one of two connections to a PostgreSQL. */
export class PgBouncer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(postgresUrl: string): Promise<PgBouncer> {
    if (PROGRAM === undefined) throw new Error('PgBouncer is not installed');
    const { hostname, port: target, username, pathname } = new URL(postgresUrl);
    const folder = await mkdtemp(join(tmpdir(), 'sesame-pgbouncer-'));
    const port = await freePort();
    const settings = join(folder, 'pgbouncer.ini');
    const database = pathname.slice(1);
    await writeFile(
      settings,
      `[databases]
${database} = host=${hostname} port=${target} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
    );
    await chmod(folder, 0o755);
    const asUser = userInfo().uid === 0 ? ['-u', 'nobody'] : []; // it does not run as root
    const process = new ServerProcess(PROGRAM, [...asUser, settings]);
    const url = `postgres://${username}@127.0.0.1:${port}/${database}`;
    const bouncer = new PgBouncer(process, folder, url);
    try {
      await process.ready(process.saying('process up'));
    } catch (error) {
      await bouncer.stop();
      throw error;
    }
    return bouncer;
  }

  async stop(): Promise<void> {
    await this.process.end('SIGINT');
    await rm(this.folder, { recursive: true, force: true });
  }
}
