import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { Browser } from '../../support/browser.js';
import { removeScratchFolders, scratchFolder } from '../../support/scratch-folder.js';
import { freePort } from '../../support/servers/free-port.js';
import { ServerProcess } from '../../support/servers/server-process.js';

const APP = fileURLToPath(new URL('development-app.ts', import.meta.url));
const REGISTER = new URL('../../fuzz/typescript/register.mjs', import.meta.url).href;

const running: ServerProcess[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.end();
});
afterAll(removeScratchFolders);

/** An application that can be killed and started again, with the same sessions. */
class Restarted {
  private readonly file = join(scratchFolder(), 'below/sessions.json');
  private server: ServerProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<Restarted> {
    const app = new Restarted(await freePort());
    await app.restart('SIGKILL');
    return app;
  }

  /** Ends it as it is, and starts it again. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.server?.end(signal);
    const environment = [`SESSIONS_FILE=${this.file}`, `PORT=${this.port}`, 'NODE_ENV=development'];
    const node = [process.execPath, '--import', REGISTER, APP];
    this.server = new ServerProcess('env', [...environment, ...node]);
    running.push(this.server);
    await this.server.ready(this.server.saying('listening'));
  }

  browser(): Browser {
    return new Browser(`http://127.0.0.1:${this.port}`);
  }
}

it('users stay signed in, and signed out, when the process is killed and starts again', async () => {
  const app = await Restarted.start();
  const [first, second, third] = [app.browser(), app.browser(), app.browser()];
  await first.post('/login/ada');
  await app.restart('SIGKILL');
  expect((await first.get('/me')).body).toEqual({ user: 'ada', items: ['tea'], devices: 1 });
  await second.post('/login/ada');
  await third.post('/login/ada'); // the limit is two
  await app.restart('SIGTERM');
  expect((await first.get('/me')).body).toEqual({});
  expect((await second.get('/me')).body).toMatchObject({ user: 'ada', devices: 2 });
  expect((await second.post('/revoke-others')).text).toBe('1');
  await app.restart('SIGKILL');
  expect((await second.get('/me')).body).toMatchObject({ user: 'ada', devices: 1 });
  expect((await third.get('/me')).body).toEqual({});
});
