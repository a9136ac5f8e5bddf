import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { commandPath } from './command-path.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

const SERVER = commandPath('mariadbd');
const INSTALL = commandPath('mariadb-install-db');

/** mariadbd does not run as root; Debian's package comes with this user. */
const AS_USER = userInfo().uid === 0 ? ['--user=mysql'] : [];

const hasMariaDb = SERVER !== undefined && INSTALL !== undefined;

/** `describe` where MariaDB is installed; elsewhere the tests are skipped, with a message. */
export function describeIfMariaDb(name: string, tests: () => void): void {
  if (hasMariaDb) {
    describe(name, tests);
    return;
  }
  // Jest drops console output from a file whose tests are all skipped.
  process.stderr.write(`Skipped: ${name}. mariadbd is not installed (Debian: mariadb-server).\n`);
  // .ci/run installs it, so that nothing is skipped there; a developer's machine may lack it.
  describe.skip(name, tests);
}

/** A real mariadbd on a free port, in a folder of its own. */
export class MariaDbServer {
  private constructor(
    private readonly server: ServerProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<MariaDbServer> {
    if (SERVER === undefined || INSTALL === undefined) throw new Error('MariaDB is not installed');
    const folder = await mkdtemp(join(tmpdir(), 'sesame-mariadb-'));
    // A MariaDB that starts deletes every temporary table in its tmpdir, other servers' included.
    const folders = [`--datadir=${folder}`, `--tmpdir=${folder}`];
    const common = ['--no-defaults', ...folders, '--innodb-log-file-size=4M'];
    const noPassword = '--auth-root-authentication-method=normal';
    const tables = [...common, ...AS_USER, '--skip-name-resolve', '--skip-test-db', noPassword];
    await ServerProcess.finish(INSTALL, tables);
    const port = await freePort();
    const network = [`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    const files = [`--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`];
    const quick = ['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=16M'];
    const args = [...common, ...AS_USER, ...network, ...files, ...quick];
    const server = new ServerProcess(SERVER, args);
    const url = `mysql://root@127.0.0.1:${port}/sessions`;
    const started = new MariaDbServer(server, folder, url);
    const given = new AbortController();
    try {
      await server.ready(createDatabase(port, given.signal));
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    } finally {
      given.abort();
    }
  }

  async stop(): Promise<void> {
    await this.server.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when the server answers; stops asking once it is given up. */
async function createDatabase(port: number, givenUp: AbortSignal): Promise<void> {
  while (!givenUp.aborted) {
    try {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.query('CREATE DATABASE sessions');
      await connection.end();
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await pause(20);
    }
  }
}

function isRefusal(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ECONNREFUSED'
  );
}
