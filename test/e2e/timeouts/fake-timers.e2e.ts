import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Redis } from 'ioredis';
import { Controller, Get, Req } from '@nestjs/common';
import type { Request } from 'express';
import { MemorySessionStore, Session } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import '../../support/session-data.js';

const MINUTE = 60_000;

let redisServer: RedisServer;
let redis: Redis;

beforeAll(async () => {
  redisServer = await RedisServer.start();
  redis = new Redis(redisServer.url);
  await redis.ping();
});
afterAll(async () => {
  redis.disconnect();
  await redisServer.stop();
});
afterEach(async () => {
  jest.useRealTimers();
  await closeApps();
});

@Controller()
class VisitController {
  @Get('begin')
  begin(@Session() session: Session): void {
    session.label = 'known';
  }

  @Get('methods')
  async methods(@Req() request: Request): Promise<void> {
    request.session.count = 1;
    await request.session.save();
    await request.session.regenerate();
    request.session.label = 'known';
    await new Promise((resolve) => request.session.save(resolve));
  }

  @Get()
  look(@Session('label') label: string | undefined): string {
    return label ?? 'unknown';
  }
}

/** A browser of an application that was started before the timers are replaced. */
async function start(options: Partial<SessionOptions>): Promise<Browser> {
  const app = await startApp(options, { controllers: [VisitController] });
  return app.browser();
}

/** What Vitest replaces by default: everything but these. */
const AS_VITEST = { doNotFake: ['nextTick', 'queueMicrotask'] } as const;

const STORES: readonly [string, () => Partial<SessionOptions>][] = [
  ['in the default store', () => ({})],
  ['in a store of the application', () => ({ store: new MemorySessionStore() })],
  ['with encryption', () => ({ encryption: { keys: ['x'.repeat(32)] } })],
  ['in Redis', () => ({ store: new RedisSessionStore({ client: redis }) })],
];

describe.each(STORES)('a session %s', (_where, options) => {
  let browser: Browser;

  beforeEach(async () => {
    browser = await start({ idleTimeout: '30m', ...options() });
    await browser.get('/begin');
    jest.useFakeTimers({ ...AS_VITEST, doNotFake: [...AS_VITEST.doNotFake] });
  });

  it('times out when the fake timers of a test are advanced', async () => {
    jest.advanceTimersByTime(30 * MINUTE - 1_000);
    expect((await browser.get('/')).text).toBe('known');
    jest.advanceTimersByTime(30 * MINUTE - 1_000);
    expect((await browser.get('/')).text).toBe('known');
    jest.advanceTimersByTime(30 * MINUTE);
    expect((await browser.get('/')).text).toBe('unknown');
  });

  it('times out when the system time is set', async () => {
    jest.setSystemTime(Date.now() + 30 * MINUTE - 1_000);
    expect((await browser.get('/')).text).toBe('known');
    jest.setSystemTime(Date.now() + 30 * MINUTE);
    expect((await browser.get('/')).text).toBe('unknown');
  });

  it('can be stored, read and given a new id while time stands still', async () => {
    expect((await browser.get('/methods')).status).toBe(200);
    expect((await browser.get('/')).text).toBe('known');
  });
});

it('a session operation calls back even when the timers of Node are replaced', async () => {
  const browser = await start({});
  jest.useFakeTimers();
  expect((await browser.get('/methods')).status).toBe(200);
  expect((await browser.get('/')).text).toBe('known');
});
