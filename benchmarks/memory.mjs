// How much memory a session takes in the process that keeps it, and how much is left once it has
// expired: Sesame's memory store beside express-session's own and memorystore. A process per case;
// Nest answers real requests, without a network. The heap is measured after garbage
// collection, plus what typed arrays hold outside it.
//   npm run build && node benchmarks/memory.mjs [sessions per case, 5000]
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Controller, Inject, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import createMemoryStore from 'memorystore';
import { MemorySessionStore, SessionModule, SessionService } from 'nestjs-sesame';
import { moduleOf, route } from './apps/nest-routes.mjs';
import { heapInUse } from './harness/heap.mjs';

const STORES = ['MemoryStore', 'memorystore', 'Sesame'];
const SIZES = [64, 512, 2_048, 8_192];
const WARM = 1_000;
/** How long stores that free what has expired have for it. */
const SWEEPING = 2_000;
const IDLE_TIMEOUT = 30 * 60_000;
const SECRET = 's'.repeat(40);
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

const [asked, only] = process.argv.slice(2);
if (only === undefined) await compare(Number(asked ?? 10_000));
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
  const before = await heapInUse();
  await visit(app.handle, sessions);
  const held = (await heapInUse()) - before;
  const { now } = Date;
  Date.now = () => now() + 2 * IDLE_TIMEOUT;
  await pause(SWEEPING);
  const left = (await heapInUse()) - before;
  const [heldEach, leftEach] = [held, left].map((bytes) =>
    Math.max(0, Math.round(bytes / sessions)),
  );
  console.log(JSON.stringify({ record: app.recordSize(), held: heldEach, left: leftEach }));
  await app.close();
}

/** Calls whatever `Date.now` is at that moment. */
function clock() {
  return Date.now();
}

async function start(name, size, isSignedIn) {
  const { store, recordSize } = placeOf(name);
  const isSesame = name === 'Sesame';
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
  Controller()(Home);
  route(Home, 'visit', [Post()], [Req()]);
  if (isSesame) Inject(SessionService)(Home, undefined, 0);
  const imports = isSesame ? [SessionModule.forRoot({ secret: SECRET, store, clock })] : [];
  const app = await NestFactory.create(moduleOf(Home, { imports }), { logger: false });
  if (!isSesame) {
    const cookie = { maxAge: IDLE_TIMEOUT, sameSite: 'lax' };
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false, cookie, store }));
  }
  await app.init();
  const handle = app.getHttpAdapter().getInstance();
  return { handle, recordSize, close: () => app.close() };
}

/** A store, and the length of the last record it got. */
function placeOf(name) {
  let length = 0;
  const recordSize = () => length;
  if (name === 'Sesame') {
    class Store extends MemorySessionStore {
      create(key, record) {
        length = record.payload.length;
        return super.create(key, record);
      }

      replace(key, version, record) {
        length = record.payload.length;
        return super.replace(key, version, record);
      }

      move(asked) {
        length = asked.record.payload.length;
        return super.move(asked);
      }
    }
    return { recordSize, store: new Store({ clock }) };
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
