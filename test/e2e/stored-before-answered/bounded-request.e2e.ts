import '../../support/session-data.js';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { startDevicesApp } from '../users-and-devices/devices-app.js';

afterEach(closeApps);

const STORE_TIMEOUT = 500;

/** The two store timeouts that a request may wait, and a margin for a busy machine. */
const AT_MOST = 4 * STORE_TIMEOUT;

/** How long an answer takes: it comes in time, even if the machine has stopped for a moment. */
const SLOWLY = 0.8 * STORE_TIMEOUT;

/** A store each of whose answers comes in time, though only just, once it is slow. */
class SlowStore {
  isSlow = false;
  private readonly inner = new MemorySessionStore();
  readonly store = this.slowed(this.inner);

  private slowed<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member === 'object' && member !== null) return this.slowed(member);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          if (this.isSlow) await pause(SLOWLY);
          return Reflect.apply(member, target, args);
        };
      },
    });
  }
}

async function start(sessions: number) {
  const slow = new SlowStore();
  const limit = { max: sessions, onExceed: 'evict-oldest' } as const;
  const app = await startDevicesApp({ store: slow.store, limit, storeTimeout: STORE_TIMEOUT });
  for (let count = 0; count < sessions; count += 1) await app.signedIn('ada');
  slow.isSlow = true;
  return app;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

it('a sign-in that evicts waits for the store two store timeouts in all', async () => {
  const app = await start(3);
  const browser = app.browser();
  const took = await timed(async () => {
    const { status, setCookies } = await browser.post('/login', { user: 'ada' });
    expect([status, setCookies]).toEqual([503, []]);
  });
  expect(took).toBeLessThan(AT_MOST);
});

it('signing out a user with many sessions waits two store timeouts in all, too', async () => {
  const app = await start(31);
  const took = await timed(async () => {
    await app.sessions.revokeAll('ada').catch(() => undefined);
  });
  expect(took).toBeLessThan(AT_MOST);
});

it('listing the many sessions of a user waits two store timeouts in all, too', async () => {
  const app = await start(31);
  expect(await timed(() => app.sessions.list('ada'))).toBeLessThan(AT_MOST);
});

it('a request that reaches the end of its time while the process is busy goes on', async () => {
  const app = await startDevicesApp({ storeTimeout: 50 });
  const browser = await app.signedIn('ada');
  expect((await browser.post('/busy', { milliseconds: 300 })).status).toBe(201);
  expect((await browser.get('/me')).body).toMatchObject({ label: 'stored' });
});
