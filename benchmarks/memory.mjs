// What a session takes of the memory of the process that keeps it, and what is left once it has
// expired: Sesame's memory store beside express-session's own and memorystore. A process per case;
// Nest answers real requests, which come without a network. The heap is measured after garbage
// collection, with what typed arrays hold beside it.
//   npm run build && node benchmarks/memory.mjs [sessions per case, 20000]
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Controller, Inject, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import createMemoryStore from 'memorystore';
import { MemorySessionStore, SessionModule, SessionService } from 'nestjs-sesame';

const STORES = ['MemoryStore', 'memorystore', 'Sesame'];
const SIZES = [64, 512, 2_048, 8_192];
const WARM = 2_000;
/** How long those that give back what has expired have for it. */
const SWEEPING = 4_000;
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
    '| attributes | signed in | record: MemoryStore | Sesame | held: MemoryStore | memorystore | Sesame | Sesame / MemoryStore | left: MemoryStore | memorystore | Sesame |',
  );
  console.log(`|${' ---: |'.repeat(11)}`);
  for (const isSignedIn of [false, true]) {
    for (const size of SIZES) {
      const found = [];
      for (const store of STORES) found.push(await child({ store, size, isSignedIn, sessions }));
      const [peer, , own] = found;
      const cells = [
        size,
        isSignedIn ? 'yes' : 'no',
        peer.record,
        own.record,
        ...found.map(({ held }) => held),
        (own.held / peer.held).toFixed(2),
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
  await visit(app.handle, WARM);
  const before = await memory();
  await visit(app.handle, sessions);
  const held = (await memory()) - before;
  const { now } = Date;
  Date.now = () => now() + 2 * IDLE_TIMEOUT;
  await pause(SWEEPING);
  const left = (await memory()) - before;
  const [heldEach, leftEach] = [held, left].map((bytes) => Math.round(bytes / sessions));
  console.log(JSON.stringify({ record: app.recordSize(), held: heldEach, left: leftEach }));
  await app.close();
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
  const place = placeOf(store);
  const clock = () => Date.now();
  const imports = isSesame
    ? [SessionModule.forRoot({ secret: SECRET, store: place.store, clock })]
    : [];
  Module({ imports, controllers: [Home] })(App);
  const app = await NestFactory.create(App, { logger: false });
  if (!isSesame) {
    const cookie = { maxAge: IDLE_TIMEOUT, sameSite: 'lax' };
    const options = { secret: SECRET, resave: false, saveUninitialized: false, cookie };
    app.use(session({ ...options, store: place.store }));
  }
  await app.init();
  const handle = app.getHttpAdapter().getInstance();
  return { handle, recordSize: place.recordSize, close: () => app.close() };
}

/** A store, and the length of the record that came last. */
function placeOf(name) {
  let length = 0;
  const recordSize = () => length;
  if (name === 'Sesame') {
    class Store extends MemorySessionStore {
      create(key, record) {
        length = record.payload.length;
        return super.create(key, record);
      }

      replace(key, expected, record) {
        length = record.payload.length;
        return super.replace(key, expected, record);
      }
    }
    return { recordSize, store: new Store({ clock: () => Date.now() }) };
  }
  const Peer = name === 'MemoryStore' ? session.MemoryStore : createMemoryStore(session);
  const store = new Peer({ checkPeriod: 1_000 });
  const { set } = store;
  store.set = (id, data, done) => {
    length = JSON.stringify(data).length;
    return set.call(store, id, data, done);
  };
  return { recordSize, store };
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

async function visit(handle, count) {
  for (let visitor = 0; visitor < count; visitor += 1) {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _coding, done) => done() });
    socket.remoteAddress = '203.0.113.7';
    const req = new IncomingMessage(socket);
    const headers = { 'x-visitor': `user-${count}-${visitor}`, 'user-agent': USER_AGENT };
    Object.assign(req, { method: 'POST', url: '/', headers });
    const res = new ServerResponse(req);
    res.assignSocket(socket);
    handle(req, res);
    await once(res, 'finish');
    if (res.statusCode !== 201 || !res.hasHeader('set-cookie')) {
      throw new Error(`answered ${res.statusCode}`);
    }
  }
}
