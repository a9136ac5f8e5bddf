// Two instances of the application behind a round-robin proxy, on one Redis.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { required } from './config/environment.js';
import { RoundRobinProxy } from './proxy/round-robin-proxy.js';

const INSTANCES = 2;
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** The proxy's port; the instances take the next ones. 0 takes free ports. */
const port = Number(process.env['PORT'] ?? 3000);
const environment = environmentOfInstances();

let isReady = false;
let isStopping = false;

const instances = Array.from({ length: INSTANCES }, (_, index) => startInstance(index + 1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

const origins = await Promise.all(instances.map(originOf));
const proxy = new RoundRobinProxy(origins);
const proxyPort = await proxy.listen(port);
isReady = true;
for (const [index, origin] of origins.entries()) {
  console.log(`Instance ${index + 1}: ${origin.origin} (process ${instances[index]?.pid})`);
}
console.log(`Proxy: http://localhost:${proxyPort}`);

async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  if (isReady) await proxy.close();
  await Promise.all(instances.map(stopInstance));
  process.exit(code);
}

function environmentOfInstances(): NodeJS.ProcessEnv {
  try {
    // A secret that is invented here is the same for all instances, and a new one after a restart.
    const secret = process.env['SESSION_SECRET'] || randomBytes(32).toString('base64url');
    return { ...process.env, REDIS_URL: required('REDIS_URL'), SESSION_SECRET: secret };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

function startInstance(number: number): ChildProcess {
  const own = port === 0 ? 0 : port + number;
  const instance = fork(MAIN, { env: { ...environment, PORT: String(own) } });
  instance.once('exit', () => {
    if (isStopping) return;
    console.error(`Instance ${number} has ended.`);
    // The others go on; but one that cannot even start needs someone to look into it.
    if (!isReady || instances.every(hasEnded)) void stop(1);
  });
  return instance;
}

/** Where an instance listens, as it says itself when it does. */
async function originOf(instance: ChildProcess): Promise<URL> {
  const [origin] = await once(instance, 'message');
  return new URL(String(origin));
}

async function stopInstance(instance: ChildProcess): Promise<void> {
  if (hasEnded(instance)) return;
  const ended = once(instance, 'exit');
  instance.kill('SIGTERM');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
