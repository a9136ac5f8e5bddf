// What SessionService.list() costs: in proportion to the sessions of the user, not of the store.
//   npm run build && node benchmarks/list-sessions.mjs [sessions in the store, 1000000]
import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { SessionModule, SessionService } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { startRedis } from './redis.mjs';

const IN_STORE = Number(process.argv[2] ?? 1_000_000);
const USERS = [1, 10, 100, 1_000, 10_000];
const ROUNDS = 15;
const BATCH = 10_000;
const expiresAt = Date.now() + 3_600_000;

const redis = await startRedis();
const store = new RedisSessionStore({ url: redis.url });
const secret = randomBytes(32).toString('hex');
const module = SessionModule.forRoot({ secret, store, storeTimeout: '30s' });
const app = await NestFactory.createApplicationContext(module, { logger: false });
const sessions = app.get(SessionService);

for (const size of USERS) await fillUser(`user-${size}`, size);
const before = await measure();
await fillStore(IN_STORE);
const after = await measure();

console.log(`list(), milliseconds, median of ${ROUNDS}\n`);
console.log(
  `| sessions of the user | ${count(before)} in the store | ${count(after)} in the store |`,
);
console.log('| ---: | ---: | ---: |');
for (const size of USERS) {
  console.log(
    `| ${size} | ${before.times.get(size).toFixed(2)} | ${after.times.get(size).toFixed(2)} |`,
  );
}
await app.close();
await store.close();
redis.stop();

async function measure() {
  const times = new Map();
  for (const size of USERS) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = process.hrtime.bigint();
      const list = await sessions.list(`user-${size}`);
      rounds.push(Number(process.hrtime.bigint() - start) / 1e6);
      if (list.length !== size) throw new Error(`${list.length} sessions listed, not ${size}`);
    }
    times.set(size, rounds.toSorted((a, b) => a - b)[ROUNDS >> 1]);
  }
  return { times, inStore: await redis.client.dbsize() };
}

async function fillUser(userId, size) {
  for (let made = 0; made < size; made += 1) {
    const key = newKey();
    await store.users.add(userId, { key, expiresAt });
    await store.create(key, { payload: recordOf(userId), expiresAt });
  }
}

async function fillStore(size) {
  for (let made = 0; made < size; made += BATCH) {
    const pipeline = redis.client.pipeline();
    for (let one = 0; one < Math.min(BATCH, size - made); one += 1) {
      pipeline.set(`sess:${newKey()}`, recordOf(`other-${made + one}`), 'PX', 3_600_000);
    }
    await pipeline.exec();
  }
}

function recordOf(userId) {
  const now = Date.now();
  const metadata = { seenAt: now, createdAt: now, userId, authenticatedAt: now };
  const cookie = { originalMaxAge: null, httpOnly: true, path: '/', sameSite: 'lax' };
  return JSON.stringify({ _sesame: metadata, cookie, data: 'x'.repeat(512) });
}

function newKey() {
  return createHash('sha256').update(randomBytes(24)).digest('base64url');
}

function count({ inStore }) {
  return inStore.toLocaleString('en');
}
