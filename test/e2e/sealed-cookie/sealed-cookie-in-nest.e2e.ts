import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthenticatedGuard,
  createSessionMiddleware,
  RequireFresh,
  SealedCookieStore,
  Session,
  SessionId,
  SessionService,
  UserId,
} from 'nestjs-sesame';
import type { SessionModuleOptions, SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';

afterEach(closeApps);
afterEach(closeServers);

const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests alone'] });

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Session() session: Session): Promise<void> {
    await this.sessions.login('ada');
    session.count = 0;
  }

  /** Signs in with more than a cookie can hold, and goes on with less when that is refused. */
  @Post('login-too-large')
  async loginTooLarge(@Session() session: Session): Promise<string | undefined> {
    session.label = 'x'.repeat(5_000);
    await this.sessions.login('ada').catch(() => undefined);
    session.label = 'small';
    return this.sessions.userId;
  }

  @Post('logout')
  logout(): Promise<void> {
    return this.sessions.logout();
  }

  @Post('confirm')
  confirm(): Promise<void> {
    return this.sessions.confirm();
  }

  @Post('regenerate')
  regenerate(): Promise<void> {
    return this.sessions.regenerate({ keep: ['count'] });
  }

  @Post('visit')
  visit(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }

  @Post('reload')
  async reload(@Session() session: Session): Promise<number | undefined> {
    session.count = 99;
    await this.sessions.reload();
    return this.sessions.current.count;
  }

  @Post('save-and-renew')
  async saveAndRenew(@Session() session: Session): Promise<string> {
    session.count = 1;
    await this.sessions.save();
    await this.sessions.regenerate({ keep: 'all' });
    return session.id;
  }

  @Get('id')
  id(@SessionId() id: string): string {
    return id;
  }

  @UseGuards(AuthenticatedGuard)
  @Get('me')
  me(@UserId() userId: string): string {
    return userId;
  }

  @UseGuards(AuthenticatedGuard)
  @RequireFresh('5m')
  @Get('secret')
  secret(): string {
    return 'secret';
  }

  @Get('devices')
  list(): Promise<unknown> {
    return this.sessions.list('ada');
  }

  @Post('revoke')
  revoke(): Promise<unknown> {
    return this.sessions.revoke('ada', 'handle');
  }

  @Post('revoke-all')
  revokeAll(): Promise<unknown> {
    return this.sessions.revokeAll('ada');
  }
}

const start = (options: Partial<SessionModuleOptions> = {}) =>
  startApp({ store, ...options }, { controllers: [AccountController] });

describe('A Nest application with sealed cookies', () => {
  it('signs in and out, with the same service and guard', async () => {
    const { browser: open } = await start();
    const browser = open();
    expect((await browser.get('/me')).status).toBe(401);
    await browser.post('/login');
    expect((await browser.get('/me')).text).toBe('ada');
    await browser.post('/logout');
    expect(browser.cookie()).toBeUndefined();
    expect((await browser.get('/me')).body).toMatchObject({ reason: 'anonymous' });
  });

  it('gives the reason when a session is over', async () => {
    let now = Date.now(); // the browser goes by the real clock
    const { browser: open } = await start({ idleTimeout: '10m', clock: () => now });
    const browser = open();
    await browser.post('/login');
    now += 600_000;
    expect((await browser.get('/me')).body).toMatchObject({ reason: 'expired' });
  });

  it('requires a fresh sign-in, and accepts a confirmation', async () => {
    let now = Date.now();
    const { browser: open } = await start({ clock: () => now });
    const browser = open();
    await browser.post('/login');
    now += 301_000;
    expect((await browser.get('/secret')).body).toMatchObject({ reason: 'stale' });
    await browser.post('/confirm');
    expect((await browser.get('/secret')).text).toBe('secret');
  });

  it('counts, reloads and regenerates', async () => {
    const { browser: open } = await start();
    const browser = open();
    await browser.post('/login');
    await browser.post('/visit');
    expect((await browser.post('/visit')).text).toBe('2');
    expect((await browser.post('/reload')).text).toBe('2');
    await browser.post('/regenerate');
    expect((await browser.get('/me')).status).toBe(401);
    expect((await browser.post('/visit')).text).toBe('3');
  });

  it('tells the browser the latest of two ids given in the same moment', async () => {
    const now = Date.now();
    const { browser: open } = await start({ clock: () => now });
    const browser = open();
    const { text } = await browser.post('/save-and-renew');
    expect((await browser.get('/id')).text).toBe(text);
  });

  it.each(['devices', 'revoke', 'revoke-all'])(
    'says at /%s what needs a server-side store',
    async (path) => {
      const { browser: open } = await start();
      const answer = await (path === 'devices' ? open().get('/devices') : open().post(`/${path}`));
      expect(answer.body).toMatchObject({
        statusCode: 501,
        message: expect.stringMatching(
          /^SealedCookieStore does not support (list|revoke|revokeAll)\(\): .*MemorySessionStore, RedisSessionStore and SqlSessionStore do\.$/,
        ),
      });
    },
  );
});

describe('With sealed cookies, the option', () => {
  const refused: [string, Partial<SessionOptions>, string][] = [
    ['limit', { limit: { max: 3, onExceed: 'reject' } }, 'this store keeps no index of users'],
    [
      'encryption',
      { encryption: { keys: ['k'.repeat(32)] } },
      'SealedCookieStore encrypts its records already',
    ],
  ];
  it.each(refused)('%s is refused at boot', (_name, options, message) => {
    expect(() => createSessionMiddleware({ secret: SECRET, store, ...options })).toThrow(message);
  });
});

describe('A session that travels in its cookie', () => {
  it('causes a log entry when it changes after the headers have been sent', async () => {
    const { logs, restore } = recordLogs();
    const { browser: open } = await startServer({ store }, (request, response) => {
      response.write('first');
      request.session['late'] = true;
      response.end('last');
    });
    const answer = await open().get('/');
    expect(answer.text).toBe('firstlast');
    expect(answer.setCookies).toEqual([]);
    restore();
    expect(logs).toEqual([
      { level: 'error', message: expect.stringContaining('A change of a session was lost') },
    ]);
  });
});

it('a login() that was rejected because the cookie would be too large signs nobody in', async () => {
  const app = await startApp({ store }, { controllers: [AccountController] });
  const browser = app.browser();
  const { restore } = recordLogs();
  const { status, text } = await browser.post('/login-too-large');
  restore();
  expect([status, text]).toEqual([201, '']);
  expect((await browser.get('/me')).status).toBe(401);
});
