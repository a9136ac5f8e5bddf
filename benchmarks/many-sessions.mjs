// A user with very many sessions: how long sign-ins, list() and revokeAll() take, and for how long the
// event loop is blocked meanwhile.
//   npm run build && node benchmarks/many-sessions.mjs [--store=redis|memory] [--sizes=10,10000,50000]
import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Controller, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MemorySessionStore, SessionModule, SessionService } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { startRedis } from './redis.mjs';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    sizes: { type: 'string', default: '10,10000,50000' },
    rounds: { type: 'string', default: '5' },
  },
});
const ROUNDS = Number(values.rounds);
const AT_ONCE = 500;
const expiresAt = Date.now() + 3_600_000;

const redis = values.store === 'redis' ? await startRedis() : undefined;
const store = redis
  ? new RedisSessionStore({ url: redis.url })
  : new MemorySessionStore({ max: 1_000_000 });
const evicting = await startApp('evict-oldest');
const rejecting = await startApp('reject');

/** What is measured: the user's name decides the limit. */
const CASES = {
  'sign-in, no limit': () => signIn(evicting, 'free', 201),
  'sign-in at the limit, evicting one': () => signIn(evicting, 'full', 201),
  'sign-in refused': () => signIn(rejecting, 'full', 409, 1),
  'sign-in, limit of 5, evicting the rest': (size) => signIn(evicting, `over-${size}`, 201, 1),
  'list()': () => evicting.sessions.list('free'),
  'revokeAll()': () => evicting.sessions.revokeAll('free'),
};
const limits = { free: Infinity, full: 0 };

for (const size of values.sizes.split(',').map(Number)) {
  for (const [name, run] of Object.entries(CASES)) {
    const rounds = [];
    const isOnce = /rest|refused/.test(name);
    for (let round = 0; round < (isOnce ? 2 : ROUNDS); round += 1) {
      limits.full = size;
      for (const user of name.includes('rest') ? [`over-${size}`] : ['free', 'full']) {
        await fill(user, size);
      }
      rounds.push(await measured(() => run(size)));
    }
    const [median] = rounds.toSorted((a, b) => a.ms - b.ms).slice(ROUNDS >> 1);
    const best = median ?? rounds[0];
    console.log(
      `${String(size).padStart(6)} | ${name.padEnd(40)} | ${best.ms.toFixed(1).padStart(8)} ms | longest block ${best.block.toFixed(0).padStart(5)} ms | ${best.note ?? ''}`,
    );
  }
}
await Promise.all([evicting.app.close(), rejecting.app.close()]);
await store.close();
redis?.stop();

/** How long it took until all was done, and the longest time for which nothing else could run. */
async function measured(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const start = performance.now();
  const note = await work().then(
    (answer) => (typeof answer === 'string' ? answer : undefined),
    (error) => `failed: ${error.message}`,
  );
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { ms, block: delay.max / 1e6, note };
}

async function signIn({ url }, user, expected) {
  const response = await fetch(`${url}/in?user=${user}`, { method: 'POST' });
  await response.text();
  return response.status === expected ? undefined : `status ${response.status}`;
}

function limitOf(user) {
  return limits[user] ?? 5;
}

async function startApp(onExceed) {
  class SignIns {
    constructor(sessions) {
      this.sessions = sessions;
    }
    async in(request) {
      await this.sessions.login(request.query.user);
    }
  }
  Post('in')(SignIns.prototype, 'in', Object.getOwnPropertyDescriptor(SignIns.prototype, 'in'));
  Req()(SignIns.prototype, 'in', 0);
  Controller()(SignIns);
  Reflect.defineMetadata('design:paramtypes', [SessionService], SignIns);
  const limit = { max: limitOf, onExceed };
  const secret = randomBytes(32).toString('hex');
  const root = SessionModule.forRoot({ secret, store, limit });
  const controllers = [...(root.controllers ?? []), SignIns];
  const app = await NestFactory.create({ ...root, controllers }, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), sessions: app.get(SessionService) };
}

/** Gives a user this many sessions. */
async function fill(userId, size) {
  const there = (await store.users.list(userId)).length;
  for (let made = there; made < size; made += AT_ONCE) {
    const keys = Array.from({ length: Math.min(AT_ONCE, size - made) }, newKey);
    await Promise.all(
      keys.flatMap((key) => [
        store.users.add(userId, { key, expiresAt }),
        store.create(key, { payload: recordOf(userId), expiresAt }),
      ]),
    );
  }
}

function recordOf(userId) {
  const now = Date.now();
  const rev = randomBytes(9).toString('base64url');
  const metadata = { rev, seenAt: now, createdAt: now, userId, authenticatedAt: now };
  const cookie = { originalMaxAge: null, httpOnly: true, path: '/', sameSite: 'lax' };
  return JSON.stringify({ _sesame: metadata, cookie, data: 'x'.repeat(512) });
}

function newKey() {
  return createHash('sha256').update(randomBytes(24)).digest('base64url');
}
