import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param, Post, Req } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSessionMiddleware,
  MemorySessionStore,
  SessionService,
  SessionUnavailableException,
  userIdOf,
} from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, listen } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(async () => {
  await closeApps();
  await closeServers();
});

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login/:user')
  async login(@Req() request: object, @Param('user') user: string): Promise<object> {
    const before = userIdOf(request);
    await this.sessions.login(user);
    return { before, after: userIdOf(request) };
  }

  @Post('logout')
  async logout(@Req() request: object): Promise<object> {
    const before = userIdOf(request);
    await this.sessions.logout();
    return { before, after: userIdOf(request) };
  }

  @Get('page')
  page(): string {
    return 'the page';
  }
}

/** Answers who is signed in, or lets nobody pass. */
function askWho(
  request: IncomingMessage & { readonly originalUrl?: string },
  response: ServerResponse,
  next: () => void,
): void {
  const userId = userIdOf(request);
  response.statusCode = userId === undefined ? 401 : 200;
  if (userId === undefined) response.end('sign in first');
  else if (request.originalUrl?.startsWith('/page') === true) next();
  else response.end(userId);
}

/** A dashboard that a module mounts, as bull-board is mounted. */
@Module({})
class DashboardModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(askWho).forRoutes('dashboard', 'page');
  }
}

describe('userIdOf()', () => {
  it('tells a middleware behind SessionModule who is signed in', async () => {
    const app = await startApp(
      {},
      { imports: [DashboardModule], controllers: [AccountController] },
    );
    const browser = app.browser();
    expect(await browser.get('/dashboard')).toMatchObject({ status: 401 });
    expect(await browser.get('/page')).toMatchObject({ status: 401 });
    expect((await browser.post('/login/ada')).body).toEqual({ after: 'ada' });
    expect((await browser.get('/dashboard')).text).toBe('ada');
    expect((await browser.get('/page')).text).toBe('the page');
    expect((await browser.post('/logout')).body).toEqual({ before: 'ada' });
    expect(await browser.get('/dashboard')).toMatchObject({ status: 401 });
  });

  it('tells middleware mounted in main.ts, behind one that shares the sessions, who is signed in', async () => {
    const options: SessionOptions = { secret: SECRET, store: new MemorySessionStore() };
    const app = await startApp(options, { controllers: [AccountController] }, (nest) => {
      nest.use('/docs', createSessionMiddleware(options));
      nest.use('/docs', askWho);
    });
    const browser = app.browser();
    expect(await browser.get('/docs')).toMatchObject({ status: 401 });
    await browser.post('/login/ada');
    expect((await browser.get('/docs')).text).toBe('ada');
    await browser.post('/logout');
    expect(await browser.get('/docs')).toMatchObject({ status: 401 });
  });

  it('is undefined when the session could not be read', async () => {
    const store = new ScriptedStore();
    const options: SessionOptions = { secret: SECRET, store, onStoreFailure: 'anonymous' };
    const app = await startApp(options, { controllers: [AccountController] }, (nest) => {
      nest.use('/docs', createSessionMiddleware(options));
      nest.use('/docs', askWho);
    });
    const browser = app.browser();
    await browser.post('/login/ada');
    store.break('read');
    expect(await browser.get('/docs')).toMatchObject({ status: 401 });
  });

  it('throws an error that says what to do when the request did not go through Sesame', async () => {
    const failures: unknown[] = [];
    const server = await listen((request, response) => {
      for (const asked of [request, response, {}, { request }]) {
        try {
          failures.push(userIdOf(asked));
        } catch (error) {
          failures.push(error);
        }
      }
      response.end();
    });
    await server.browser().get('/');
    expect(failures).toHaveLength(4);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(SessionUnavailableException);
      expect(failure).toMatchObject({
        message: 'Internal server error',
        cause: expect.objectContaining({
          message: expect.stringMatching(
            /Pass the request itself .* createSessionMiddleware\(\) before/,
          ),
        }),
      });
    }
  });
});
