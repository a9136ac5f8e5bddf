// What a session takes of the memory of the process that keeps it, and what is left once it has
// expired: Sesame's memory store beside express-session's own and memorystore. Real requests, one
// process per case, the heap after garbage collection, with what typed arrays hold beside it.
//   npm run build && node benchmarks/memory.mjs [sessions per case, 20000]
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Controller, Inject, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import createMemoryStore from 'memorystore';
import { SessionModule, SessionService } from 'nestjs-sesame';

const STORES = ['MemoryStore', 'memorystore', 'Sesame'];
const SIZES = [64, 512, 2_048, 8_192];
const WARM = 2_000;
const CONNECTIONS = 32;
const IDLE_TIMEOUT = 30 * 60_000;
const SECRET = 's'.repeat(40);
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

const [asked, only] = process.argv.slice(2);
if (only === undefined) await compare(Number(asked ?? 20_000));
else await measure(JSON.parse(only));

async function compare(sessions) {
  console.log(`Bytes per session, ${sessions} sessions, Node ${process.versions.node}\n`);
  console.log(
    '| attributes | signed in | MemoryStore | memorystore | Sesame | Sesame / MemoryStore | left after expiry: MemoryStore | memorystore | Sesame |',
  );
  console.log('| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const isSignedIn of [false, true]) {
    for (const size of SIZES) {
      const found = [];
      for (const store of STORES) found.push(await child({ store, size, isSignedIn, sessions }));
      const [peer, , own] = found.map(({ held }) => held);
      const cells = [
        size,
        isSignedIn ? 'yes' : 'no',
        ...found.map(({ held }) => held),
        (own / peer).toFixed(2),
        ...found.map(({ left }) => left),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

async function child(one) {
  const self = fileURLToPath(import.meta.url);
  const running = spawn(process.execPath, ['--expose-gc', self, '-', JSON.stringify(one)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  running.stdout.on('data', (chunk) => (said += chunk));
  const [code] = await once(running, 'close');
  if (code !== 0) throw new Error(`${JSON.stringify(one)} ended with ${code}`);
  return JSON.parse(said);
}

async function measure({ store, size, isSignedIn, sessions }) {
  const app = await start(store, size, isSignedIn);
  await visit(app.port, WARM);
  const before = await memory();
  await visit(app.port, sessions);
  const held = (await memory()) - before;
  const { now } = Date;
  Date.now = () => now() + IDLE_TIMEOUT + 3 * 60_000; // and the touch interval, and more
  await pause(4_000); // of sweeping, for those that do
  const left = (await memory()) - before;
  console.log(JSON.stringify({ held: round(held, sessions), left: round(left, sessions) }));
  process.exit(); // which would wait for connections otherwise
}

function round(bytes, sessions) {
  return Math.max(0, Math.round(bytes / sessions));
}

async function memory() {
  for (let turn = 0; turn < 3; turn += 1) {
    await pause(50);
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function start(store, size, isSignedIn) {
  const isSesame = store === 'Sesame';
  class Home {
    constructor(sessions) {
      this.sessions = sessions;
    }
    async visit(req) {
      const userId = req.headers['x-visitor'];
      if (isSignedIn && isSesame) await this.sessions.login(userId);
      if (isSignedIn && !isSesame) await signIn(req, userId);
      req.session.data = `${userId} ${'x'.repeat(size)}`.slice(0, size);
      return 'well';
    }
  }
  decorate(Home, isSesame);
  class App {}
  const imports = isSesame ? [SessionModule.forRoot({ secret: SECRET })] : [];
  Module({ imports, controllers: [Home] })(App);
  const app = await NestFactory.create(App, { logger: false });
  if (!isSesame) {
    const own = store === 'memorystore' && new (createMemoryStore(session))({ checkPeriod: 1_000 });
    app.use(
      session({
        secret: SECRET,
        resave: false,
        saveUninitialized: false,
        cookie: { maxAge: IDLE_TIMEOUT, sameSite: 'lax' },
        ...(own && { store: own }),
      }),
    );
  }
  await app.listen(0, '127.0.0.1');
  return { port: app.getHttpServer().address().port };
}

function decorate(Home, isSesame) {
  Controller()(Home);
  const method = Object.getOwnPropertyDescriptor(Home.prototype, 'visit');
  Post()(Home.prototype, 'visit', method);
  Req()(Home.prototype, 'visit', 0);
  if (isSesame) Inject(SessionService)(Home, undefined, 0);
  else Inject('none')(Home, undefined, 0);
  if (!isSesame) Reflect.defineMetadata('self:paramtypes', [], Home);
}

/** As Passport does it. */
async function signIn(req, userId) {
  await new Promise((resolve) => req.session.regenerate(resolve));
  req.session.userId = userId;
}

async function visit(port, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  const work = async () => {
    while (next < count) await send(port, agent, next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
}

async function send(port, agent, visitor) {
  const headers = { 'x-visitor': `user-${visitor}-of-${process.hrtime()[0]}`, 'user-agent': USER_AGENT };
  const call = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/', headers });
  call.end();
  const [answer] = await once(call, 'response');
  answer.resume();
  await once(answer, 'end');
  const isKept = answer.headers['set-cookie'] !== undefined;
  if (answer.statusCode !== 201 || !isKept) throw new Error(`answered ${answer.statusCode}`);
}
