import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Req, RequestMethod } from '@nestjs/common';
import type { Request } from 'express';
import { Session, SessionId, SessionService, UserId } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Configure } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { INTERNAL_ERROR, recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

@Controller('shop')
class ShopController {
  @Get('has')
  has(@Req() request: Request): boolean {
    return request.session !== undefined;
  }

  @Post('has')
  hasToo(@Req() request: Request): boolean {
    return request.session !== undefined;
  }

  @Post('begin')
  begin(@Session() session: Session): void {
    session.count = 1;
  }
}

@Controller('health')
class HealthController {
  constructor(private readonly sessions: SessionService) {}

  @Get('has')
  has(@Req() request: Request): boolean {
    return request.session !== undefined;
  }

  @Post('has')
  hasToo(@Req() request: Request): boolean {
    return request.session !== undefined;
  }

  @Get('current')
  current(): object {
    return { ...this.sessions.current };
  }

  @Get('session')
  session(@Session() session: Session): object {
    return { ...session };
  }

  @Get('id')
  id(@SessionId() id: string): string {
    return id;
  }

  @Get('user')
  user(@UserId() userId: string | undefined): string {
    return String(userId);
  }

  @Post('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }
}

const start = async (
  options: Partial<SessionModuleOptions>,
  configure?: Configure,
): Promise<Browser> => {
  const controllers = [ShopController, HealthController];
  return (await startApp(options, { controllers }, configure)).browser();
};

/** Which of the routes have a session: GET and POST of the shop, GET and POST of the health. */
const covered = async (browser: Browser, prefix = ''): Promise<unknown[]> => {
  const answers = [
    await browser.get(`${prefix}/shop/has`),
    await browser.post(`${prefix}/shop/has`),
    await browser.get(`${prefix}/health/has`),
    await browser.post(`${prefix}/health/has`),
  ];
  return answers.map(({ body }) => body);
};

const { GET, POST } = RequestMethod;

describe('the routes that have a session', () => {
  it.each<[string, Partial<SessionModuleOptions>, boolean[]]>([
    ['by default: all', {}, [true, true, true, true]],
    ['forRoutes with a path', { forRoutes: ['shop/{*path}'] }, [true, true, false, false]],
    ['forRoutes with a controller', { forRoutes: [ShopController] }, [true, true, false, false]],
    [
      'forRoutes with several controllers',
      { forRoutes: [ShopController, HealthController] },
      [true, true, true, true],
    ],
    [
      'forRoutes with a path and a method',
      { forRoutes: [{ path: 'shop/has', method: POST }] },
      [false, true, false, false],
    ],
    ['exclude with a path', { exclude: ['health/{*path}'] }, [true, true, false, false]],
    ['exclude with an exact path', { exclude: ['health/has'] }, [true, true, false, false]],
    [
      'exclude with a path and a method',
      { exclude: [{ path: 'health/has', method: GET }] },
      [true, true, false, true],
    ],
    [
      'forRoutes and exclude together',
      { forRoutes: [ShopController], exclude: [{ path: 'shop/has', method: GET }] },
      [false, true, false, false],
    ],
  ])('%s', async (_name, options, expected) => {
    expect(await covered(await start(options))).toEqual(expected);
  });

  it.each<[string, Partial<SessionModuleOptions>, boolean[]]>([
    ['all of them', {}, [true, true, true, true]],
    ['forRoutes, given without it', { forRoutes: ['shop/{*path}'] }, [true, true, false, false]],
    ['exclude, given without it', { exclude: ['health/has'] }, [true, true, false, false]],
    ['a controller', { forRoutes: [ShopController] }, [true, true, false, false]],
  ])('are the same behind a global prefix: %s', async (_name, options, expected) => {
    const browser = await start(options, (app) => app.setGlobalPrefix('api'));
    expect(await covered(browser, '/api')).toEqual(expected);
  });

  it('include those excluded from the global prefix', async () => {
    const browser = await start({}, (app) => {
      app.setGlobalPrefix('api', { exclude: ['health/{*path}'] });
    });
    expect((await browser.get('/api/shop/has')).body).toBe(true);
    expect((await browser.get('/health/has')).body).toBe(true);
  });
});

const startExcluded = async (): Promise<{ browser: Browser; store: ScriptedStore }> => {
  const store = new ScriptedStore();
  const browser = await start({ store, exclude: ['health/{*path}'] });
  await browser.post('/shop/begin');
  return { browser, store };
};

describe('a route without a session', () => {
  it('does not touch the store, even when a cookie is sent', async () => {
    const { browser, store } = await startExcluded();
    store.calls.length = 0;
    const { status, setCookies } = await browser.get('/health/has');
    expect(status).toBe(200);
    expect(setCookies).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  it('works while the store is down', async () => {
    const { browser, store } = await startExcluded();
    store.break('read', 'create', 'replace', 'remove');
    expect((await browser.get('/health/has')).status).toBe(200);
    expect((await browser.get('/shop/has')).status).toBe(503);
  });

  it.each([
    ['SessionService.current', 'get', '/health/current'],
    ['SessionService.login()', 'post', '/health/login'],
    ['@Session()', 'get', '/health/session'],
    ['@SessionId()', 'get', '/health/id'],
    ['@UserId()', 'get', '/health/user'],
  ] as const)('answers 500 to %s, and the log says why', async (what, method, path) => {
    const { browser } = await startExcluded();
    const { logs, restore } = recordLogs();
    const { status, body } = await browser[method](path);
    restore();
    expect([status, body]).toEqual([500, INTERNAL_ERROR]);
    expect(logs).toEqual([{ level: 'error', message: expect.stringContaining(what) }]);
    expect(logs[0]?.message).toMatch(/not covered.*exclude/);
  });
});

describe('cookie.path', () => {
  it('limits the routes that have a session, and the log says so elsewhere', async () => {
    const browser = await start({ cookie: { path: '/shop' } });
    expect(await covered(browser)).toEqual([true, true, false, false]);
    const { logs, restore } = recordLogs();
    const { status, body } = await browser.get('/health/current');
    restore();
    expect([status, body]).toEqual([500, INTERNAL_ERROR]);
    expect(logs).toEqual([{ level: 'error', message: expect.stringContaining('cookie.path') }]);
  });
});
