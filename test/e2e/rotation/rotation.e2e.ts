import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { MemorySessionStore, Session, SessionService } from 'nestjs-sesame';
import type {
  LoginOptions,
  RegenerateOptions,
  ReplaceOutcome,
  SessionEvent,
  StoredRecord,
  Version,
} from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { INTERNAL_ERROR, recordLogs } from '../../support/recorded-logs.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

interface Attributes {
  count?: number;
  label?: string;
  items?: string[];
}

@Controller()
class RotationController {
  constructor(private readonly sessions: SessionService) {}

  @Get('all')
  all(@Session() session: Session): object {
    return { ...session, user: this.sessions.userId };
  }

  @Post('set')
  set(@Session() session: Session, @Body() attributes: Attributes): void {
    Object.assign(session, attributes);
  }

  @Post('move')
  move(@Session() session: Session): void {
    session.count = 1;
    session.cookie.path = '/own';
  }

  @Post('login')
  async login(
    @Session() session: Session,
    @Body() { user, set, ...options }: LoginOptions & { user: string; set?: Attributes },
  ): Promise<boolean> {
    Object.assign(session, set);
    const before = session.id;
    await this.sessions.login(user, options);
    session.label ??= 'written after login';
    return session.id !== before && session === this.sessions.current;
  }

  @Post('regenerate')
  async regenerate(@Body('keep') keep: RegenerateOptions['keep'] = 'none'): Promise<void> {
    await this.sessions.regenerate({ keep });
  }

  @Post('confirm')
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Post('logout-login')
  async logoutLogin(): Promise<void> {
    await this.sessions.logout();
    await this.sessions.login('grace');
  }
}

const start = (store = new ScriptedStore()): Promise<TestApp> =>
  startApp({ store }, { controllers: [RotationController] });

describe('login()', () => {
  it('gives the session a new id in place, and the old one stops working', async () => {
    const app = await start();
    const browser = app.browser();
    await browser.post('/set', { count: 3 });
    const before = browser.copy();
    const { body, setCookies } = await browser.post('/login', { user: 'ada' });
    expect(body).toBe(true);
    expect(setCookies).toHaveLength(1);
    expect(browser.cookie()).not.toBe(before.cookie());
    const { body: after } = await browser.get('/all');
    expect(after).toMatchObject({ user: 'ada', count: 3, label: 'written after login' });
    const { body: old } = await before.get('/all');
    expect(old).not.toHaveProperty('user');
    expect(old).not.toHaveProperty('count');
  });

  it('keeps everything when the same user signs in again', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', { user: 'ada', set: { count: 3 } });
    await browser.post('/login', { user: 'ada' });
    expect((await browser.get('/all')).body).toMatchObject({ user: 'ada', count: 3 });
  });

  it("keeps nothing of another user's session", async () => {
    const browser = (await start()).browser();
    await browser.post('/login', { user: 'ada', set: { count: 3, items: ['hers'] } });
    await browser.post('/login', { user: 'grace' });
    const { body } = await browser.get('/all');
    expect(body).toMatchObject({ user: 'grace', label: 'written after login' });
    expect(body).not.toHaveProperty('count');
    expect(body).not.toHaveProperty('items');
  });

  it.each([
    ['all', { count: 1, items: ['a'] }, {}],
    ['none', {}, { count: 1, items: ['a'] }],
    [['items'], { items: ['a'] }, { count: 1 }],
  ])('keeps what keep: %j says', async (keep, kept, dropped) => {
    const browser = (await start()).browser();
    await browser.post('/set', { count: 1, items: ['a'] });
    await browser.post('/login', { user: 'ada', keep });
    const { body } = await browser.get('/all');
    expect(body).toMatchObject(kept);
    for (const name of Object.keys(dropped)) expect(body).not.toHaveProperty(name);
  });

  it('works after logout() in the same request', async () => {
    const app = await start();
    const browser = app.browser();
    await browser.post('/login', { user: 'ada', set: { count: 3 } });
    await browser.post('/logout-login');
    const { body } = await browser.get('/all');
    expect(body).toMatchObject({ user: 'grace' });
    expect(body).not.toHaveProperty('count');
  });

  it('takes along what another request stored while it was under way', async () => {
    const store = new ScriptedStore();
    const app = await start(store);
    const browser = app.browser();
    await browser.post('/set', { count: 1 });
    const other = browser.copy((await start(new ScriptedStore(store.inner))).origin);
    const create = store.pause('create');
    const login = browser.post('/login', { user: 'ada', set: { label: 'mine' } });
    await create.arrived;
    await other.post('/set', { items: ['acknowledged'] });
    create.resolve();
    await login;
    expect((await browser.get('/all')).body).toMatchObject({
      user: 'ada',
      count: 1,
      label: 'mine',
      items: ['acknowledged'],
    });
  });

  it('signs in, without the data of a session that was ended while the sign-in was under way', async () => {
    const store = new ScriptedStore();
    const app = await start(store);
    const browser = app.browser();
    await browser.post('/set', { count: 1 });
    const other = browser.copy((await start(new ScriptedStore(store.inner))).origin);
    const create = store.pause('create');
    const login = browser.post('/login', { user: 'ada', set: { label: 'mine' } });
    await create.arrived;
    await other.post('/logout');
    create.resolve();
    await login;
    const { body } = await browser.get('/all');
    expect(body).toMatchObject({ user: 'ada', label: 'mine' });
    expect(body).not.toHaveProperty('count');
  });

  it.each(['create', 'remove'] as const)(
    'signs nobody out and nobody in when the store fails to %s',
    async (operation) => {
      const store = new ScriptedStore();
      const app = await start(store);
      const browser = app.browser();
      await browser.post('/set', { count: 1 });
      store.break(operation);
      const { status, setCookies } = await browser.post('/login', { user: 'ada' });
      expect([status, setCookies]).toEqual([503, []]);
      store.mend();
      const { body } = await browser.get('/all');
      expect(body).toMatchObject({ count: 1 });
      expect(body).not.toHaveProperty('user');
    },
  );

  it("does not touch another session when genid returns that session's id", async () => {
    const ids = ['first', 'second', 'first'];
    const app = await startApp(
      { genid: () => ids.shift() ?? 'more' },
      { controllers: [RotationController] },
    );
    const [one, two] = [app.browser(), app.browser()];
    await one.post('/set', { count: 1 });
    await two.post('/set', { count: 2 });
    expect((await two.post('/login', { user: 'ada' })).status).toBe(500);
    expect((await one.get('/all')).body).toMatchObject({ count: 1 });
    expect((await two.get('/all')).body).toMatchObject({ count: 2 });
  });

  it.each(['/login', '/regenerate'])(
    'replaces a cookie with a path of its own where the browser keeps it: %s',
    async (path) => {
      const browser = (await start()).browser();
      await browser.post('/move');
      const { setCookies } = await browser.post(path, { user: 'ada', remember: '30d' });
      expect(setCookies).toEqual([expect.stringContaining('Path=/own;')]);
    },
  );

  it.each(['', '\uD800', 'half \uDC00'])('refuses an invalid user id: %j', async (user) => {
    const { status } = await (await start()).browser().post('/login', { user });
    expect(status).toBe(500);
  });

  it('remembers the user in a persistent cookie, with its own timeouts', async () => {
    const browser = (await start()).browser();
    const { setCookies } = await browser.post('/login', { user: 'ada', remember: '30d' });
    const expires = /Expires=([^;]+)/.exec(setCookies[0] ?? '')?.[1] ?? '';
    const days = (Date.parse(expires) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });
});

describe('confirm()', () => {
  it('gives a new id and keeps the user and the data', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', { user: 'ada', set: { count: 3 } });
    const before = browser.copy();
    await browser.post('/confirm');
    expect(browser.cookie()).not.toBe(before.cookie());
    expect((await browser.get('/all')).body).toMatchObject({ user: 'ada', count: 3 });
    expect((await before.get('/all')).body).not.toHaveProperty('user');
  });

  it('tells the log, and not the client, that nobody is signed in', async () => {
    const browser = (await start()).browser();
    const { logs, restore } = recordLogs();
    const { status, body } = await browser.post('/confirm');
    restore();
    expect([status, body]).toEqual([500, INTERNAL_ERROR]);
    expect(logs).toEqual([
      { level: 'error', message: expect.stringContaining('confirm() was called, but nobody is') },
    ]);
  });

  it('does not bring back a session that was signed out while it was under way', async () => {
    const store = new ScriptedStore();
    const browser = (await start(store)).browser();
    await browser.post('/login', { user: 'ada' });
    const other = browser.copy((await start(new ScriptedStore(store.inner))).origin);
    const create = store.pause('create');
    const confirm = browser.post('/confirm');
    await create.arrived;
    await other.post('/logout');
    create.resolve();
    const { status, setCookies } = await confirm;
    expect([status, setCookies]).toEqual([201, []]);
    expect((await browser.get('/all')).body).not.toHaveProperty('user');
  });
});

describe('regenerate()', () => {
  it.each([
    [{}, {}],
    [{ keep: 'none' }, {}],
    [{ keep: ['count'] }, { count: 1 }],
    [{ keep: 'all' }, { count: 1, items: ['a'], user: 'ada' }],
  ])('with %j keeps %j', async (options, kept) => {
    const browser = (await start()).browser();
    await browser.post('/login', { user: 'ada', set: { count: 1, items: ['a'] } });
    await browser.post('/regenerate', options);
    const { body } = await browser.get('/all');
    expect(body).toMatchObject(kept);
    for (const name of ['count', 'items', 'user']) {
      if (!Object.hasOwn(kept, name)) expect(body).not.toHaveProperty(name);
    }
  });
});

describe('logout()', () => {
  it('ends the session and clears the cookie with the attributes it was set with', async () => {
    const app = await startApp(
      { cookie: { path: '/', sameSite: 'strict', priority: 'high' }, name: 'sid' },
      { controllers: [RotationController] },
    );
    const browser = app.browser();
    await browser.post('/login', { user: 'ada' });
    const before = browser.copy();
    const { setCookies } = await browser.post('/logout');
    expect(setCookies).toEqual([
      'sid=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Priority=High; SameSite=Strict',
    ]);
    expect((await before.get('/all')).body).not.toHaveProperty('user');
  });

  it('ends the session, too, to which confirm() gave a new id meanwhile', async () => {
    const store = new IndexedScriptedStore(new MemorySessionStore(), { moves: true });
    const controllers = [RotationController];
    const elsewhere = await startApp({ store }, { controllers });
    const app = await startApp({ store: store.inner }, { controllers });
    const browser = app.browser();
    await browser.post('/login', { user: 'ada' });
    const remove = store.pause('remove');
    const signingOut = browser.copy(elsewhere.origin).post('/logout');
    await remove.arrived;
    expect((await browser.post('/confirm')).status).toBe(201);
    expect((await browser.get('/all')).body).toMatchObject({ user: 'ada' });
    remove.resolve();
    expect((await signingOut).status).toBe(201);
    expect((await browser.get('/all')).body).not.toHaveProperty('user');
    expect(await app.app.get(SessionService).list('ada')).toEqual([]);
  });

  it('clears the cookie where the browser keeps it if the session gave it its own path', async () => {
    const app = await start();
    const browser = app.browser();
    const { setCookies } = await browser.post('/move');
    expect(setCookies).toEqual([expect.stringContaining('Path=/own;')]);
    expect((await browser.post('/logout')).setCookies).toEqual([
      expect.stringContaining('connect.sid=; Max-Age=0; Path=/own;'),
    ]);
  });

  it('fails, and leaves the session as it is, when the store fails', async () => {
    const store = new ScriptedStore();
    const browser = (await start(store)).browser();
    await browser.post('/login', { user: 'ada' });
    store.break('remove');
    const { status, setCookies } = await browser.post('/logout');
    expect([status, setCookies]).toEqual([503, []]);
    store.mend();
    expect((await browser.get('/all')).body).toMatchObject({ user: 'ada' });
  });
});

it('tells what happens, without any session id', async () => {
  const app = await start();
  const events: SessionEvent[] = [];
  app.app.get(SessionService).events.subscribe((event) => events.push(event));
  const browser = app.browser();
  const ids: string[] = [];
  const steps = [
    ['/set', { count: 1 }],
    ['/login', { user: 'ada' }],
    ['/confirm'],
    ['/logout'],
  ] as const;
  for (const [path, body] of steps) {
    await browser.post(path, body);
    const cookie = decodeURIComponent(browser.cookie() ?? '');
    ids.push(cookie.slice(2, cookie.indexOf('.')));
  }
  expect(events.map(({ type, userId }) => [type, userId])).toEqual([
    ['created', undefined],
    ['loggedIn', 'ada'],
    ['rotated', 'ada'],
    ['destroyed', 'ada'],
  ]);
  const told = JSON.stringify(events);
  for (const id of ids.filter((one) => one !== '')) expect(told).not.toContain(id);
});

it('gives up ending a session that turns out to be another one each time it looks', async () => {
  class RestlessStore extends MemorySessionStore {
    isRestless = false;
    asked = 0;
    override async replace(
      ...[key, version, record]: [string, Version, StoredRecord]
    ): Promise<ReplaceOutcome> {
      if (!this.isRestless) return super.replace(key, version, record);
      this.asked += 1;
      if (this.asked > 1_000) throw new Error('it is asked for ever');
      const found = await this.read(key);
      return found === undefined ? 'gone' : { conflict: found };
    }
  }
  let now = Date.now();
  const store = new RestlessStore({ clock: () => now });
  const options = { store, clock: (): number => now };
  const browser = (await startApp(options, { controllers: [RotationController] })).browser();
  await browser.post('/login', { user: 'ada' });
  const [key = ''] = await store.users.list('ada');
  await store.users.remove('ada', key); // as whoever ends the session does, before its record goes
  store.isRestless = true;
  now += 120_000;
  expect((await browser.get('/all')).status).toBe(200);
  expect(store.asked).toBeGreaterThan(1);
  expect(store.asked).toBeLessThan(1_000);
});
