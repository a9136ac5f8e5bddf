// For Vitest, beside the tests of docs/10-testing.md: fake timers, and the sessions of that application.
import { afterEach, expect, it, vi } from 'vitest';
import { Test } from '@nestjs/testing';
import { SessionTesting } from 'nestjs-sesame/testing';
import request from 'supertest';
import { ShopModule } from '../src/shop.module.js';

let app;
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

async function start(sessions) {
  const builder = Test.createTestingModule({ imports: [ShopModule] });
  app = (await sessions.override(builder).compile()).createNestApplication({ logger: false });
  await app.init();
}

async function statusFor({ headers }) {
  return (await request(app.getHttpServer()).get('/me').set(headers)).status;
}

const KINDS = [undefined, { toFake: ['Date'] }];

it.each(KINDS)('the clock of the kit moves sessions under fake timers %j', async (kind) => {
  const sessions = new SessionTesting();
  await start(sessions);
  vi.useFakeTimers(kind);
  const alice = await sessions.signIn('alice');
  vi.setSystemTime(Date.now() + 31 * 60_000);
  expect(await statusFor(alice)).toBe(200);
  sessions.clock.advance('31m');
  expect(await statusFor(alice)).toBe(401);
});

it.each(KINDS)('fake timers %j move sessions whose clock is Date.now', async (kind) => {
  const sessions = new SessionTesting({ clock: () => Date.now() });
  await start(sessions);
  vi.useFakeTimers(kind);
  const alice = await sessions.signIn('alice');
  expect(await statusFor(alice)).toBe(200);
  vi.setSystemTime(Date.now() + 31 * 60_000);
  expect(await statusFor(alice)).toBe(401);
});
