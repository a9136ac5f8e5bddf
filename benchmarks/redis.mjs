// A redis-server of its own for a benchmark, on a free port.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

export async function startRedis() {
  const port = await freePort();
  const args = ['--port', port, '--save', '', '--appendonly', 'no', '--loglevel', 'warning'];
  const server = spawn(process.env.REDIS_SERVER ?? 'redis-server', args.map(String), {
    stdio: 'ignore',
  });
  const client = new Redis(port, { lazyConnect: true, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  await client.ping();
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    stop() {
      client.disconnect();
      server.kill('SIGKILL');
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
