// How much memory an open request takes in its server, with a session of 512 bytes that it has read.
// A process per application; the heap is measured after garbage collection.
//   npm run build && node benchmarks/open-requests.mjs [requests, 2000]
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Put, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import { MemorySessionStore, SessionModule } from 'nestjs-sesame';
import { contentOf } from './apps/content.mjs';
import { moduleOf, route } from './apps/nest-routes.mjs';
import { MAX_AGE, SECRET } from './apps/settings.mjs';
import { heapInUse } from './harness/heap.mjs';

const APPS = ['Nest, no session', 'express-session', 'Sesame'];
const ROUNDS = 3;
const SIZE = 512;

const [asked] = process.argv.slice(2);
if (process.send === undefined) await compare(Number(asked ?? 2_000));
else await serve(asked);

async function compare(requests) {
  console.log(`Bytes per open request, ${requests} of them, Node ${process.versions.node}`);
  for (const name of APPS) {
    const server = fork(fileURLToPath(import.meta.url), [name], { execArgv: ['--expose-gc'] });
    const [{ port }] = await once(server, 'message');
    const agent = new Agent({ keepAlive: true });
    const cookie = await seed(port);
    const each = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const before = await ask(server, 'memory');
      const answered = hold(requests, port, agent, cookie);
      await ask(server, 'held', requests);
      each.push(Math.round(((await ask(server, 'memory')) - before) / requests));
      await ask(server, 'release');
      await answered;
    }
    // The first round also opens the connections and warms up.
    console.log(`${name}: ${each.slice(1).join(', ')}`);
    server.kill('SIGKILL');
    agent.destroy();
  }
}

async function ask(server, question, number) {
  server.send({ question, number });
  const [answer] = await once(server, 'message');
  return answer;
}

function hold(requests, port, agent, cookie) {
  return Promise.all(
    Array.from({ length: requests }, () => send(port, '/hold', { agent, cookie })),
  );
}

async function seed(port) {
  const { headers } = await send(port, '/seed', { method: 'PUT' });
  return headers['set-cookie']?.[0].split(';')[0];
}

async function send(port, path, { method = 'GET', agent, cookie }) {
  const sent = request({ port, path, method, agent, headers: cookie ? { cookie } : {} });
  const [response] = await once(sent.end(), 'response');
  await once(response.resume(), 'end');
  return response;
}

async function serve(name) {
  const waiting = new EventEmitter().setMaxListeners(0);
  class Home {
    seed(req) {
      if (req.session) Object.assign(req.session, contentOf(0, SIZE));
      return { well: true };
    }

    async hold(req) {
      const known = req.session?.name;
      waiting.emit('held');
      await once(waiting, 'release');
      return { known };
    }
  }
  Controller()(Home);
  route(Home, 'seed', [Put('seed')], [Req()]);
  route(Home, 'hold', [Get('hold')], [Req()]);
  const { imports, middleware } = sessionsBy(name);
  const app = await NestFactory.create(moduleOf(Home, { imports }), { logger: false });
  if (middleware !== undefined) app.use(middleware);
  await app.listen(0, '127.0.0.1');
  // As behind a proxy; for the default five seconds, an idle connection may keep its last request.
  app.getHttpServer().keepAliveTimeout = 60_000;
  const held = [];
  waiting.on('held', () => held.push(true));
  const answers = {
    memory: heapInUse,
    async held(number) {
      while (held.length < number) await once(waiting, 'held');
      return number;
    },
    release() {
      held.length = 0;
      return waiting.emit('release');
    },
  };
  process.on('message', async ({ question, number }) => {
    process.send(await answers[question](number));
  });
  process.send({ port: app.getHttpServer().address().port });
}

function sessionsBy(name) {
  const cookie = { maxAge: MAX_AGE };
  if (name === 'Sesame') {
    return {
      imports: [SessionModule.forRoot({ secret: SECRET, store: new MemorySessionStore(), cookie })],
    };
  }
  if (name === 'Nest, no session') return { imports: [] };
  const options = { secret: SECRET, resave: false, saveUninitialized: false, cookie };
  return { imports: [], middleware: session(options) };
}
