import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Post } from '@nestjs/common';
import session from 'express-session';
import type { Store } from 'express-session';
import createMemoryStore from 'memorystore';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createFileStore from 'session-file-store';
import { AuthenticatedGuard, Public, Session, SessionService, UserId } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { APP_GUARD } from '@nestjs/core';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

const MemoryStore = createMemoryStore(session);
const FileStore = createFileStore(session);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const EVERY_ATTRIBUTE = {
  path: '/',
  domain: '127.0.0.1',
  httpOnly: false,
  secure: false,
  sameSite: 'strict',
  maxAge: '7d',
  priority: 'high',
} as const;

const folders: string[] = [];

afterEach(async () => {
  await closeApps();
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

const STORES: readonly [string, () => Promise<Store>][] = [
  ["express-session's MemoryStore", async () => new session.MemoryStore()],
  ['memorystore', async () => new MemoryStore({})],
  [
    'session-file-store',
    async () => {
      const path = await mkdtemp(join(tmpdir(), 'session-file-store-'));
      folders.push(path);
      // With `retries`, it would look for an absent session over and over before answering.
      return new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => undefined });
    },
  ],
];

let gate: Deferred;

@Public()
@Controller()
class LifecycleController {
  private arrived = 0;

  constructor(private readonly sessions: SessionService) {}

  @Post('view')
  view(@Session() session: Session): number {
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }

  @Get('look')
  look(@Session() session: Session, @UserId() userId: string | undefined): object {
    return { ...session, cookie: undefined, userId };
  }

  @Post('login/:user')
  async login(@Session() session: Session, @Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
    session.label = `of ${user}`;
  }

  @Post('remember/:user')
  async remember(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user, { remember: '30d' });
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Post('set/:key/of/:total')
  async set(
    @Session() session: Session,
    @Param('key') key: string,
    @Param('total') total: string,
  ): Promise<void> {
    Reflect.set(session, key, key);
    this.arrived += 1;
    if (this.arrived === Number(total)) gate.resolve();
    await gate.promise;
  }

  @Post('max-age/:minutes')
  maxAge(@Session() session: Session, @Param('minutes') minutes: string): void {
    session.cookie.maxAge = Number(minutes) * MINUTE;
  }

  @Public(false)
  @Get('members')
  members(@UserId() userId: string): string {
    return userId;
  }
}

const start = async (store: Store, options: Partial<SessionModuleOptions> = {}) => {
  gate = deferred();
  const providers = [{ provide: APP_GUARD, useClass: AuthenticatedGuard }];
  const controllers = [LifecycleController];
  return (await startApp({ store, ...options }, { controllers, providers })).browser();
};

describe.each(STORES)('the lifecycle on %s', (_name, createStore) => {
  it('counts views, separately for each browser', async () => {
    const browser = await start(await createStore());
    const other = browser.copy();
    const counts = [await browser.post('/view'), await browser.post('/view')];
    expect(counts.map(({ body }) => body)).toEqual([1, 2]);
    expect((await other.post('/view')).body).toBe(1);
    expect((await browser.post('/view')).body).toBe(3);
  });

  it('signs in under a new id, and out again', async () => {
    const browser = await start(await createStore());
    await browser.post('/view');
    const before = browser.copy();
    expect((await browser.get('/members')).body).toMatchObject({ reason: 'anonymous' });
    await browser.post('/login/ada');
    expect((await browser.get('/members')).text).toBe('ada');
    expect((await browser.get('/look')).body).toMatchObject({ count: 1, label: 'of ada' });
    expect((await before.get('/members')).body).toMatchObject({ reason: 'expired' });
    const signedIn = browser.copy();
    await browser.post('/logout');
    expect((await signedIn.get('/members')).body).toMatchObject({ reason: 'expired' });
    expect((await signedIn.get('/look')).body).not.toHaveProperty('count');
  });

  it('keeps all of 12 keys that are set in parallel', async () => {
    const browser = await start(await createStore());
    await browser.post('/view');
    const keys = Array.from({ length: 12 }, (_, index) => `key${index}`);
    const answers = await Promise.all(keys.map((key) => browser.post(`/set/${key}/of/12`)));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    const expected = Object.fromEntries(keys.map((key) => [key, key]));
    expect((await browser.get('/look')).body).toMatchObject({ ...expected, count: 1 });
  });

  it.each([
    ['the default cookie', {}],
    ['a cookie with every attribute that plain HTTP allows', EVERY_ATTRIBUTE],
  ])('writes nothing for a request that only reads, with %s', async (_cookie, cookie) => {
    const store = await createStore();
    const browser = await start(store, { cookie });
    await browser.post('/set/7/of/1'); // a name that objects list before all others
    await browser.post('/login/ada');
    let writes = 0;
    const set = store.set.bind(store);
    store.set = (...args) => {
      writes += 1;
      return set(...args);
    };
    const { setCookies } = await browser.get('/look');
    expect((await browser.get('/look')).body).toMatchObject({ userId: 'ada', 7: '7' });
    expect([writes, setCookies]).toEqual([0, []]);
    await browser.post('/view');
    expect(writes).toBe(1);
  });

  it('ends a session after the maxAge of its cookie', async () => {
    let now = Date.now();
    const browser = await start(await createStore(), { clock: () => now });
    await browser.post('/login/ada');
    const { setCookies } = await browser.post('/max-age/5');
    expect(setCookies).toEqual([expect.stringContaining('Expires=')]);
    now += 5 * MINUTE - 1_000;
    expect((await browser.get('/members')).text).toBe('ada');
    now += 5 * MINUTE;
    expect((await browser.get('/members')).body).toMatchObject({ reason: 'expired' });
    expect((await browser.post('/view')).body).toBe(1);
  });

  it('keeps a session for the maxAge of the configured cookie', async () => {
    let now = Date.now();
    const cookie = { maxAge: 7 * DAY };
    const browser = await start(await createStore(), { clock: () => now, cookie });
    const { setCookies } = await browser.post('/view');
    const expires = new Date(now + 7 * DAY).toUTCString();
    expect(setCookies).toEqual([expect.stringContaining(`Expires=${expires}`)]);
    now += 6 * DAY;
    expect((await browser.post('/view')).body).toBe(2);
    now += 6 * DAY;
    expect((await browser.post('/view')).body).toBe(3);
    now += 7 * DAY;
    expect((await browser.post('/view')).body).toBe(1);
  });

  it('remembers a sign-in for as long as was asked', async () => {
    let now = Date.now();
    const browser = await start(await createStore(), { clock: () => now });
    const { setCookies } = await browser.post('/remember/ada');
    const expires = new Date(now + 30 * DAY).toUTCString();
    expect(setCookies).toEqual([expect.stringContaining(`Expires=${expires}`)]);
    now += 29 * DAY;
    expect((await browser.get('/members')).text).toBe('ada');
    now += 2 * DAY;
    expect((await browser.get('/members')).body).toMatchObject({ reason: 'absolute-timeout' });
  });
});
