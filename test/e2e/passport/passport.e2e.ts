import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
  RequestMethod,
  UseGuards,
} from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import type { Request } from 'express';
import { json } from 'express';
import type { AuthenticateOptions } from 'passport';
import { AuthenticatedGuard, createSessionMiddleware, Session, SessionId } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps, SECRET, startApp, startModule } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { createPassport } from './local-strategy.js';

afterEach(closeApps);

@Controller()
class PassportController {
  /** Reached once passport has signed the user in. */
  @Post('login')
  login(@Req() request: Request): object {
    return { user: request.user, isAuthenticated: request.isAuthenticated() };
  }

  @Post('login-and-write')
  loginAndWrite(@Session() session: Session): void {
    session.label = 'written after login';
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Req() request: Request): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      request.logout((error: unknown) => (error ? reject(error) : resolve()));
    });
  }

  @Post('logout-keeping')
  @HttpCode(204)
  async logoutKeeping(@Req() request: Request): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      request.logout({ keepSessionInfo: true }, (error: unknown) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  @Post('count')
  count(@Session() session: Session): number {
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }

  @Get('who')
  who(@Req() request: Request, @SessionId() id: string, @Session() session: Session): object {
    return {
      user: request.user,
      isAuthenticated: request.isAuthenticated(),
      count: session.count,
      label: session.label,
      isSameId: id === request.sessionID && id === request.session.id,
    };
  }

  @Get('members')
  @UseGuards(AuthenticatedGuard)
  members(@Req() request: Request): object {
    return { hello: request.user?.name };
  }
}

type Start = (
  options?: Partial<SessionModuleOptions>,
  authenticate?: AuthenticateOptions,
) => Promise<TestApp>;

/** Passport as middleware of the application's module, after SessionModule's own. */
const inModule: Start = (options = {}, authenticate = {}) => {
  const passport = createPassport();

  @Module({ controllers: [PassportController] })
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(passport.initialize(), passport.session()).forRoutes('{*path}');
      consumer
        .apply(passport.authenticate('local', authenticate))
        .forRoutes(
          { path: 'login', method: RequestMethod.POST },
          { path: 'login-and-write', method: RequestMethod.POST },
        );
    }
  }
  return startApp(options, { imports: [AppModule] });
};

/** Everything by `app.use()`, as in a main.ts. */
const inMain: Start = (options = {}, authenticate = {}) => {
  const passport = createPassport();
  return startModule({ controllers: [PassportController] }, (app) => {
    app.use(json());
    app.use(createSessionMiddleware({ secret: SECRET, ...options }));
    app.use(passport.initialize(), passport.session());
    app.use(['/login', '/login-and-write'], passport.authenticate('local', authenticate));
  });
};

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };

describe.each([
  ['as middleware of a module', inModule],
  ['by app.use() after createSessionMiddleware()', inMain],
])('passport %s', (_name, start) => {
  it('signs in, recognises the user, and signs out', async () => {
    const browser = (await start()).browser();
    expect((await browser.get('/who')).body).toEqual({ isAuthenticated: false, isSameId: true });
    const { status, body, setCookies } = await browser.post('/login', ADA);
    expect(status).toBe(201);
    expect(body).toEqual({ user: { name: 'ada' }, isAuthenticated: true });
    expect(setCookies).toHaveLength(1);
    expect((await browser.get('/who')).body).toMatchObject({
      user: { name: 'ada' },
      isAuthenticated: true,
      isSameId: true,
    });
    expect((await browser.post('/logout')).status).toBe(204);
    expect((await browser.get('/who')).body).toEqual({ isAuthenticated: false, isSameId: true });
  });

  it('refuses a wrong password, and creates no session for it', async () => {
    const store = new ScriptedStore();
    const browser = (await start({ store })).browser();
    const { status, setCookies } = await browser.post('/login', { ...ADA, password: 'wrong' });
    expect([status, setCookies]).toEqual([401, []]);
    expect(store.calls).toEqual([]);
  });

  it('gives the session a new id at sign-in, and the old one stops working', async () => {
    const browser = (await start()).browser();
    await browser.post('/count');
    const before = browser.copy();
    await browser.post('/login', ADA);
    expect(browser.cookie()).not.toBe(before.cookie());
    expect((await before.get('/who')).body).toEqual({ isAuthenticated: false, isSameId: true });
    expect((await browser.get('/who')).body).not.toHaveProperty('count');
  });

  it('keeps the session data with keepSessionInfo', async () => {
    const browser = (await start({}, { keepSessionInfo: true })).browser();
    await browser.post('/count');
    const before = browser.copy();
    await browser.post('/login', ADA);
    expect(browser.cookie()).not.toBe(before.cookie());
    expect((await browser.get('/who')).body).toMatchObject({ user: { name: 'ada' }, count: 1 });
    expect((await browser.post('/count')).body).toBe(2);
    expect((await before.get('/who')).body).toEqual({ isAuthenticated: false, isSameId: true });
  });

  it('keeps what the handler wrote after the sign-in', async () => {
    const browser = (await start()).browser();
    await browser.post('/login-and-write', ADA);
    expect((await browser.get('/who')).body).toMatchObject({
      user: { name: 'ada' },
      label: 'written after login',
    });
  });

  it('is accepted by AuthenticatedGuard until the user signs out', async () => {
    const browser = (await start()).browser();
    const refused = await browser.get('/members');
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ reason: 'anonymous' });
    await browser.post('/login', ADA);
    expect((await browser.get('/members')).body).toEqual({ hello: 'ada' });
    await browser.post('/logout');
    expect((await browser.get('/members')).status).toBe(401);
  });

  it('leaves no cookie signed in after a sign-out', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', ADA);
    const before = browser.copy();
    await browser.post('/logout');
    expect((await before.get('/members')).status).toBe(401);
    expect((await before.get('/who')).body).toEqual({ isAuthenticated: false, isSameId: true });
  });

  it('keeps the session at sign-out with keepSessionInfo, without the user', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', ADA);
    await browser.post('/count');
    const before = browser.copy();
    await browser.post('/logout-keeping');
    expect(browser.cookie()).not.toBe(before.cookie());
    expect((await browser.get('/who')).body).toEqual({
      isAuthenticated: false,
      count: 1,
      isSameId: true,
    });
    expect((await before.get('/members')).status).toBe(401);
  });

  it('signs another user in over the first', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', ADA);
    await browser.post('/count');
    await browser.post('/login', GRACE);
    const { body } = await browser.get('/who');
    expect(body).toMatchObject({ user: { name: 'grace' } });
    expect(body).not.toHaveProperty('count');
  });

  it('signs the user out when the session ends', async () => {
    let now = Date.now();
    const browser = (await start({ clock: () => now, idleTimeout: '10m' })).browser();
    await browser.post('/login', ADA);
    now += 600_000;
    const { status, body } = await browser.get('/members');
    expect(status).toBe(401);
    expect(body).toMatchObject({ reason: 'expired' });
  });

  it('answers 503 when a sign-in cannot be stored, and signs nobody in', async () => {
    const store = new ScriptedStore();
    const browser = (await start({ store })).browser();
    await browser.post('/count');
    store.break('create');
    const { status } = await browser.post('/login', ADA);
    // Passport ended the session that the browser had before it signed in.
    expect([status, browser.cookie()]).toEqual([503, undefined]);
    store.mend();
    expect((await browser.get('/members')).status).toBe(401);
  });

  it('answers 503 when the previous session cannot be ended, and leaves that as it was', async () => {
    const store = new ScriptedStore();
    const browser = (await start({ store })).browser();
    await browser.post('/count');
    store.break('remove');
    const { status, setCookies } = await browser.post('/login', ADA);
    expect([status, setCookies]).toEqual([503, []]);
    store.mend();
    expect((await browser.post('/count')).body).toBe(2);
    expect((await browser.get('/members')).status).toBe(401);
  });

  it('keeps a sign-in and another change made at the same time', async () => {
    const browser = (await start()).browser();
    await browser.post('/login', ADA);
    await Promise.all([browser.post('/count'), browser.post('/login-and-write', ADA)]);
    expect((await browser.get('/members')).body).toEqual({ hello: 'ada' });
  });
});
