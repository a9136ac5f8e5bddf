import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { capture } from './command.mjs';

const COMMAND = process.env.REDIS_SERVER ?? 'redis-server';

/** A redis-server of its own on a free port; `undefined` if none is installed. */
export async function startRedis() {
  const version = await capture(COMMAND, ['--version']).catch(() => undefined);
  if (version === undefined) return undefined;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', tmpdir()];
  const server = spawn(COMMAND, [...args, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'close');
  await Promise.race([accepting(server), ended.then(() => refuse('did not start'))]);
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /v=(\S+)/.exec(version)[1],
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Judged by what it prints, since its port may be someone else's until then. */
function accepting(server) {
  return new Promise((resolve) => {
    let said = '';
    server.stdout.on('data', (text) => {
      said += text;
      if (said.includes('eady to accept connections')) resolve();
    });
  });
}

function refuse(what) {
  throw new Error(`${COMMAND} ${what}.`);
}

/** Below the ports that the system gives to outgoing connections, which the tests also open. */
export async function freePort() {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
