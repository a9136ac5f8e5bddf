// An application and its clients in one process, with streams in place of sockets.
//   node apps/in-process.mjs <checkout> express|fastify none|memory|redis
import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { exchangeFor, ROUTES, valueOf } from '../harness/routes.mjs';
import { MAX_AGE, SECRET } from './settings.mjs';

const [checkout, platform, store] = process.argv.slice(2);
const CONNECTIONS = 32;
const VISITORS = 600;
const SIZE = 512;
const REQUESTS = 5_000;
const WARM_UP_ROUNDS = 8;
const ROUNDS = 9;

/** All of it from one checkout: two copies of Nest would not recognise each other. */
const { resolve } = createRequire(`${checkout}/benchmarks/apps/index.mjs`);
const load = (path) => import(pathToFileURL(path).href);
const own = (path) => load(`${checkout}/${path}`);

const server = await serve();
const connections = Array.from({ length: CONNECTIONS }, () => connect());
const visitors = await seed();
const sessions = store === 'none' ? 'nowhere' : store;
const routes = ['read', 'write', 'untouched', 'first', 'anonymous'];
let count = 0;

for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
  for (const route of routes) await run(route);
}
const costs = Object.fromEntries(routes.map((route) => [route, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const route of routes) {
    const before = process.cpuUsage();
    await run(route);
    const { user, system } = process.cpuUsage(before);
    costs[route].push((user + system) / REQUESTS);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const medians = Object.entries(costs).map(([route, list]) => [route, median(list)]);
process.stdout.write(JSON.stringify(Object.fromEntries(medians)), () => process.exit());

async function serve() {
  const { NestFactory } = await load(resolve('@nestjs/core'));
  const adapters = [];
  if (platform === 'fastify') {
    const { FastifyAdapter } = await load(resolve('@nestjs/platform-fastify'));
    adapters.push(new FastifyAdapter());
  }
  const app = await NestFactory.create(await rootModule(), ...adapters, { logger: ['error'] });
  await app.init();
  if (platform === 'fastify') await app.getHttpAdapter().getInstance().ready();
  return app.getHttpServer();
}

async function rootModule() {
  if (store === 'none') return (await own('benchmarks/apps/bare-routes.mjs')).bareModule();
  const { MemorySessionStore, Session, SessionModule } = await own('dist/esm/index.js');
  const { RedisSessionStore } = await own('dist/esm/redis.js');
  const { routesModule } = await own('benchmarks/apps/nest-routes.mjs');
  const kept =
    store === 'memory'
      ? new MemorySessionStore()
      : new RedisSessionStore({ url: process.env.REDIS_URL });
  const options = { secret: SECRET, store: kept, cookie: { maxAge: MAX_AGE } };
  return routesModule(Session, { imports: [SessionModule.forRoot(options)] });
}

/** A client's end of a connection, which sends a request and waits for its answer. */
function connect() {
  let answered;
  let received = '';
  const take = (chunk) => {
    received += chunk.toString('latin1');
    const end = received.indexOf('\r\n\r\n') + 4;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
    if (end < 4 || received.length < end + length) return;
    const answer = { head: received.slice(0, end), body: received.slice(end) };
    received = '';
    answered(answer);
  };
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => done(take(chunk)),
    writev: (chunks, done) => done(take(Buffer.concat(chunks.map(({ chunk }) => chunk)))),
  });
  const itself = () => socket;
  Object.assign(socket, { setTimeout: itself, setNoDelay: itself, setKeepAlive: itself });
  server.emit('connection', socket);
  return ({ method, path, cookie }) => {
    const headers = `Host: localhost\r\n${cookie === undefined ? '' : `Cookie: ${cookie}\r\n`}`;
    const length = method === 'PUT' ? 'Content-Length: 0\r\n' : '';
    return new Promise((resolve) => {
      answered = resolve;
      socket.push(`${method} ${path} HTTP/1.1\r\n${headers}${length}\r\n`);
    });
  };
}

async function seed() {
  const numbers = Array.from({ length: VISITORS }, (_, number) => number);
  if (store === 'none') return numbers.map((number) => ({ number }));
  const made = [];
  for (const number of numbers) {
    const { head } = await connections[0]({ method: 'PUT', path: `/seed/${number}/${SIZE}` });
    made.push({ number, cookie: /set-cookie: ([^;]+)/i.exec(head)[1] });
  }
  return made;
}

async function run(route) {
  let left = REQUESTS;
  await Promise.all(
    connections.map(async (send) => {
      while (left > 0) {
        left -= 1;
        count += 1;
        const visitor = visitors[count % VISITORS];
        const exchange = exchangeFor(route, visitor, sessions, valueOf(count % 1_000));
        const { head, body } = await send(exchange);
        const isRight = head.startsWith('HTTP/1.1 200') && body === exchange.body;
        if (!isRight) throw new Error(`${ROUTES[route].title}: ${head}${body}`);
      }
    }),
  );
}
