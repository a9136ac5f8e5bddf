import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import {
  AuthenticatedGuard,
  MemorySessionStore,
  RequireFresh,
  Session,
  SessionService,
  UserId,
} from 'nestjs-sesame';
import type {
  Move,
  MoveOutcome,
  SessionModuleOptions,
  SessionSummary,
  StoredRecord,
  Written,
} from 'nestjs-sesame';
import { closeApps, SECRET, startApp } from '../support/applications/nest-app.js';
import type { TestApp } from '../support/applications/nest-app.js';
import type { Browser } from '../support/browser.js';
import { readPage, root, tableRows } from './markdown.js';

const PAGE = 'docs/security.md';

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Post('confirm')
  @UseGuards(AuthenticatedGuard)
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @Post('set')
  set(@Session() session: Session, @Body() attributes: object): void {
    Object.assign(session, attributes);
  }

  @Get('me')
  @UseGuards(AuthenticatedGuard)
  me(@UserId() userId: string): object {
    return { userId };
  }

  @Get('sensitive')
  @UseGuards(AuthenticatedGuard)
  @RequireFresh('10m')
  sensitive(): object {
    return {};
  }

  @Get('devices/:user')
  list(@Param('user') user: string): Promise<SessionSummary[]> {
    return this.sessions.list(user);
  }

  @Delete('devices/:user')
  async endAll(@Param('user') user: string, @Query('except') except?: string): Promise<number> {
    return this.sessions.revokeAll(user, { exceptCurrent: except === 'current' });
  }

  @Delete('devices/:user/:handle')
  async end(@Param('user') user: string, @Param('handle') handle: string): Promise<boolean> {
    return this.sessions.revoke(user, handle);
  }
}

const start = (options: Partial<SessionModuleOptions> = {}): Promise<TestApp> =>
  startApp(options, { controllers: [AccountController] });

async function signedIn(app: TestApp, user = 'ada'): Promise<Browser> {
  const browser = app.browser();
  expect((await browser.post(`/login/${user}`)).status).toBe(201);
  return browser;
}

/** Who is signed in in this browser, or why nobody is. */
async function who(browser: Browser): Promise<unknown> {
  const { body } = await browser.copy().get('/me');
  return Reflect.get(Object(body), 'userId') ?? Reflect.get(Object(body), 'reason');
}

async function handles(browser: Browser, user = 'ada'): Promise<string[]> {
  const { body } = await browser.get(`/devices/${user}`);
  return Array.isArray(body) ? body.map((device) => String(Reflect.get(device, 'handle'))) : [];
}

afterEach(closeApps);

describe('The security pages', () => {
  const text = readPage(PAGE) + readPage('SECURITY.md');
  const named = [...text.matchAll(/`([\w/.-]+\.(?:spec|e2e)\.ts)` › ([^|\n]+)/g)].map(
    ([, file = '', name = '']): [string, string] => [file, name.trim()],
  );

  it.each(named)('names a test that exists: %s › %s', (file, name) => {
    const path = join(root, 'test', file);

    expect(existsSync(path)).toBe(true);
    const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    expect(["'", '"', '`'].some((quote) => source.includes(quote + name + quote))).toBe(true);
  });

  it('has each requirement of V7, V3.3, and V3.5 about forged requests once', () => {
    const numbers = tableRows(PAGE, 'Requirement').map(([cell = '']) => cell.split(' ')[0]);

    expect(numbers).toEqual(
      ['7.1.1 7.1.2 7.1.3', '7.2.1 7.2.2 7.2.3 7.2.4', '7.3.1 7.3.2']
        .concat(['7.4.1 7.4.2 7.4.3 7.4.4 7.4.5', '7.5.1 7.5.2 7.5.3', '7.6.1 7.6.2'])
        .concat('3.3.1 3.3.2 3.3.3 3.3.4 3.3.5', '3.5.1 3.5.2 3.5.3')
        .flatMap((chapter) => chapter.split(' ')),
    );
  });
});

describe('ASVS', () => {
  it('7.1.2: a limit ends the oldest session, or refuses the new one', async () => {
    const evicting = await start({ limit: { max: 1, onExceed: 'evict-oldest' } });
    const [first, second] = [await signedIn(evicting), await signedIn(evicting)];
    expect([await who(first), await who(second)]).toEqual(['evicted', 'ada']);

    const rejecting = await start({ limit: { max: 1, onExceed: 'reject' } });
    const only = await signedIn(rejecting);
    const refused = await rejecting.browser().post('/login/ada');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ sessions: [{ handle: (await handles(only))[0] }] });
    expect(await who(only)).toBe('ada');
  });

  it('7.4.2: revokeAll ends every session of a user', async () => {
    const app = await start();
    const browsers = [await signedIn(app), await signedIn(app)];
    const other = await signedIn(app, 'grace');
    expect((await app.browser().send('/devices/ada', { method: 'DELETE' })).body).toBe(2);
    expect(await Promise.all(browsers.map(who))).toEqual(['revoked', 'revoked']);
    expect(await who(other)).toBe('grace');
  });

  it('7.4.3: revokeAll with exceptCurrent spares the session that asks', async () => {
    const app = await start();
    const [one, other] = [await signedIn(app), await signedIn(app)];
    await one.send('/devices/ada?except=current', { method: 'DELETE' });
    expect([await who(one), await who(other)]).toEqual(['ada', 'revoked']);
  });

  it('7.4.5: a new secret without the old one ends all sessions', async () => {
    const store = new MemorySessionStore();
    const browser = await signedIn(await start({ store }));
    const app = await start({ store, secret: `not ${SECRET}` });
    const headers = { cookie: `connect.sid=${browser.cookie()}` };
    expect((await app.browser().get('/me', { headers })).body).toMatchObject({
      reason: 'anonymous',
    });
  });

  it('7.5.1: a route that needs a recent sign-in says stale until the user confirms', async () => {
    let now = Date.now();
    const app = await start({ clock: () => now });
    const browser = await signedIn(app);
    expect((await browser.get('/sensitive')).status).toBe(200);
    now += 11 * 60_000;
    expect((await browser.get('/sensitive')).body).toMatchObject({ reason: 'stale' });
    const before = browser.cookie();
    await browser.post('/confirm');
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.get('/sensitive')).status).toBe(200);
  });

  it("7.5.2: a user lists their own sessions, ends one, and cannot end somebody else's", async () => {
    const app = await start();
    const [one, other, grace] = [
      await signedIn(app),
      await signedIn(app),
      await signedIn(app, 'grace'),
    ];
    expect((await one.get('/devices/ada')).body).toHaveLength(2);
    const end = async (handle?: string): Promise<unknown> =>
      (await one.send(`/devices/ada/${handle}`, { method: 'DELETE' })).body;
    const [ofGrace] = await handles(one, 'grace');
    expect(await end(ofGrace)).toBe(false);
    expect(await who(grace)).toBe('grace');
    const { body } = await other.get('/devices/ada');
    const current = Object(body).find((device: SessionSummary) => device.current);
    expect(await end(current.handle)).toBe(true);
    expect([await who(one), await who(other)]).toEqual(['ada', 'revoked']);
  });

  it('3.3: the cookie is HttpOnly and SameSite=Lax, and has no Domain', async () => {
    const app = await start();
    const [cookie = ''] = (await app.browser().post('/login/ada')).setCookies;
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).not.toMatch(/Domain/);
  });

  it('3.3.4: the value of the cookie leaves the server in Set-Cookie alone', async () => {
    const app = await start();
    const browser = app.browser();
    await browser.post('/set', { cart: ['tea'] });
    const answers = [await browser.post('/login/ada')];
    const value = browser.cookie() ?? '';
    for (const path of ['/me', '/sensitive', '/devices/ada']) answers.push(await browser.get(path));
    const [id = ''] = decodeURIComponent(value).slice('s:'.length).split('.');
    expect(id.length).toBeGreaterThan(20);
    for (const { headers, text } of answers) {
      const others = [...headers].flatMap(([name, one]) => (name === 'set-cookie' ? [] : [one]));
      const all = [text, ...others].join('\n');
      expect([all.includes(value), all.includes(id)]).toEqual([false, false]);
    }
  });

  it('3.3.3: a __Host- name gets the attributes that browsers ask of it', async () => {
    const app = await start({ name: '__Host-sid', cookie: { secure: true }, proxy: true });
    const headers = { 'x-forwarded-proto': 'https' };
    const { setCookies } = await app.browser().post('/login/ada', undefined, { headers });
    expect(setCookies[0]).toMatch(/^__Host-sid=.+; Path=\/;.*Secure/);
    expect(setCookies[0]).not.toMatch(/Domain/);
  });

  it('at rest: the store holds no session id', async () => {
    const written: string[] = [];
    class Recording extends MemorySessionStore {
      override create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
        written.push(key, record.payload);
        return super.create(key, record);
      }

      override move(asked: Move): Promise<MoveOutcome> {
        written.push(asked.to, asked.record.payload);
        return super.move(asked);
      }
    }
    const browser = await signedIn(await start({ store: new Recording() }));
    const id = /^s:([^.]+)/.exec(decodeURIComponent(browser.cookie() ?? ''))?.[1] ?? '';
    expect(id.length).toBeGreaterThan(20);
    expect(written.length).toBe(2);
    expect(written.join('\n')).not.toContain(id);
  });
});
