import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { HOUR, MINUTE, standing, startDevicesApp } from '../users-and-devices/devices-app.js';

const APP = fileURLToPath(new URL('wrong-clock-app.ts', import.meta.url));
const REGISTER = new URL('../../fuzz/typescript/register.mjs', import.meta.url).href;

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(async () => {
  await closeApps();
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

/** A process whose clock is ahead by this many milliseconds. */
async function startProcess(ahead: number): Promise<ChildProcess> {
  const child = fork(APP, {
    execArgv: ['--import', REGISTER],
    env: { ...process.env, REDIS_URL: redis.url, CLOCK_AHEAD: String(ahead) },
  });
  await once(child, 'message');
  return child;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Two instances: one whose clock is right, and one in that process, whose clock is not. */
async function startBoth(child: ChildProcess, options: object) {
  const store = new RedisSessionStore({ url: redis.url });
  const right = await startDevicesApp({ store, ...options });
  child.send(options);
  const [wrong] = await once(child, 'message');
  return {
    right: right.origin,
    wrong: String(wrong),
    signedIn: async (origin: string, user = 'ada'): Promise<Browser> => {
      const browser = new Browser(origin);
      expect((await browser.post('/login', { user })).status).toBe(201);
      return browser;
    },
  };
}

/** The same browser at another instance. */
const at = (origin: string, browser: Browser): Browser =>
  new Browser(origin, new Map([['connect.sid', browser.cookie() ?? '']]));

const devicesOf = async (browser: Browser): Promise<{ handle: string; current: boolean }[]> => {
  const { body } = await browser.get('/devices');
  return Array.isArray(body) ? body : [];
};

const otherHandle = async (browser: Browser): Promise<string> =>
  (await devicesOf(browser)).find(({ current }) => !current)?.handle ?? 'none';

// Each request touches its session, and so learns from the index whether it is still live.
const OFTEN = { touchInterval: '1ms' };
/** Longer than the clocks are apart: a session is live by both clocks. */
const LONG = { ...OFTEN, idleTimeout: '2h' };

describe.each([
  ['ahead', 40 * MINUTE],
  ['behind', -40 * MINUTE],
])('an instance whose clock is 40 minutes %s', (_name, ahead) => {
  let child: ChildProcess;

  beforeAll(async () => {
    child = await startProcess(ahead);
  }, 60_000);

  afterAll(async () => {
    await stopProcess(child);
  });

  it("ends none of the user's other sessions by a sign-in, whatever the timeouts are", async () => {
    const { right, wrong, signedIn } = await startBoth(child, OFTEN);
    const here = [await signedIn(right), await signedIn(right)];
    const there = await signedIn(wrong);
    for (const browser of here) expect(await standing(browser)).toBe('ada');
    expect(await standing(there)).toBe('ada');
    // Nor does a sign-in the other way round.
    await signedIn(right);
    for (const browser of [...here, there]) expect(await standing(browser)).toBe('ada');
  });

  it('keeps to a cap: of each instance the oldest session goes, and only that', async () => {
    const limit = { max: 2, onExceed: 'evict-oldest' };
    const { right, wrong, signedIn } = await startBoth(child, { ...LONG, limit });
    const oldest = await signedIn(right);
    const older = await signedIn(wrong);
    const newer = await signedIn(right);
    expect(await standing(oldest)).toBe('evicted');
    const newest = await signedIn(wrong);
    expect(await standing(older)).toBe('evicted');
    for (const browser of [newer, newest]) expect(await standing(browser)).toBe('ada');
  });

  it('refuses no sign-in for it, and lets none too many in', async () => {
    const limit = { max: 2, onExceed: 'reject' };
    const { right, wrong, signedIn } = await startBoth(child, { ...LONG, limit });
    await signedIn(right);
    await signedIn(wrong);
    for (const origin of [right, wrong]) {
      const { status } = await new Browser(origin).post('/login', { user: 'ada' });
      expect(status).toBe(409);
    }
  });

  it('lists the same sessions as the other', async () => {
    const { right, wrong, signedIn } = await startBoth(child, LONG);
    const here = await signedIn(right);
    const there = await signedIn(wrong);
    await signedIn(right, 'grace');
    for (const browser of [here, there, at(wrong, here), at(right, there)]) {
      expect(await devicesOf(browser)).toHaveLength(2);
    }
  });

  it('revokes a session of the other, and the other one of its', async () => {
    const { right, wrong, signedIn } = await startBoth(child, LONG);
    const here = await signedIn(right);
    const there = await signedIn(wrong);
    const asked = await there.send(`/devices/${await otherHandle(there)}`, { method: 'DELETE' });
    expect(asked.body).toEqual({ ended: true });
    expect(await standing(here)).toBe('revoked');
    const back = await signedIn(right);
    await back.send(`/devices/${await otherHandle(back)}`, { method: 'DELETE' });
    expect(await standing(there)).toBe('revoked');
  });

  it.each(['right', 'wrong'] as const)('ends all sessions, asked of the %s one', async (which) => {
    const { right, wrong, signedIn } = await startBoth(child, OFTEN);
    const all = [await signedIn(right), await signedIn(wrong), await signedIn(right)];
    const asking = await signedIn(which === 'right' ? right : wrong);
    expect((await asking.send('/devices', { method: 'DELETE' })).body).toEqual({ ended: 4 });
    for (const browser of [...all, asking]) expect(await standing(browser)).toBe('revoked');
    expect(await client.exists('sess-user:ada')).toBe(0);
  });

  it('keeps a session in use, and no longer than its timeouts, wherever it is touched', async () => {
    const { right, wrong, signedIn } = await startBoth(child, LONG);
    for (const origin of [right, wrong]) {
      const browser = await signedIn(origin, `user of ${origin}`);
      for (const instance of [right, wrong, right]) {
        const visitor = at(instance, browser);
        expect(await standing(visitor)).toBe(`user of ${origin}`);
        await expectFresh(`user of ${origin}`);
        if (instance === right) await expectSeenNow();
        await visitor.post('/set', { label: instance });
        await expectFresh(`user of ${origin}`);
      }
      await client.flushall();
    }
  });
});

/** Redis keeps the one record there is, and the index of its user, for one idle timeout from now. */
async function expectFresh(user: string): Promise<void> {
  const [key = ''] = await client.keys('sess:*');
  for (const left of [await client.pttl(key), await client.pttl(`sess-user:${user}`)]) {
    expect(left).toBeLessThanOrEqual(2 * HOUR + MINUTE);
    expect(left).toBeGreaterThan(2 * HOUR - MINUTE);
  }
}

/** The one record there is says that its session was seen just now, by the clock that is right. */
async function expectSeenNow(): Promise<void> {
  const [key = ''] = await client.keys('sess:*');
  const { _sesame: metadata } = JSON.parse((await client.get(key)) ?? '{}');
  expect(Math.abs(Date.now() - metadata.seenAt)).toBeLessThan(MINUTE);
  expect(metadata.createdAt).toBeLessThanOrEqual(metadata.seenAt);
}
