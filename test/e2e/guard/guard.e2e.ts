import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter, ExecutionContext } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { Response } from 'express';
import {
  AuthenticatedGuard,
  MemorySessionStore,
  NotAuthenticatedException,
  Public,
  SessionService,
  SessionUnavailableException,
  UserId,
} from 'nestjs-sesame';
import type { NotAuthenticatedReason, SessionModuleOptions } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { INTERNAL_ERROR, recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Public()
  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Public()
  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Public()
  @Post('anonymous')
  anonymous(): void {
    this.sessions.current.count = 1;
  }

  @UseGuards(AuthenticatedGuard)
  @Get('account')
  account(@UserId() userId: string): object {
    return { userId };
  }
}

const globally = { provide: APP_GUARD, useClass: AuthenticatedGuard };

const start = async (options: Partial<SessionModuleOptions> = {}): Promise<Browser> =>
  (await startApp(options, { controllers: [AccountController] })).browser();

describe('AuthenticatedGuard', () => {
  it('lets a request pass only when somebody is signed in', async () => {
    const browser = await start();
    expect((await browser.get('/account')).status).toBe(401);
    await browser.post('/anonymous');
    expect((await browser.get('/account')).status).toBe(401);
    await browser.post('/login/ada');
    expect((await browser.get('/account')).body).toEqual({ userId: 'ada' });
    const before = browser.copy();
    await browser.post('/logout');
    expect((await browser.get('/account')).status).toBe(401);
    expect((await before.get('/account')).status).toBe(401);
  });

  it('creates no session and does not touch the store for a request without a cookie', async () => {
    const store = new ScriptedStore();
    const browser = await start({ store });
    const { status, setCookies } = await browser.get('/account');
    expect([status, setCookies]).toEqual([401, []]);
    expect(store.calls).toEqual([]);
  });

  it('covers a controller through @UseGuards, except for what is @Public()', async () => {
    @UseGuards(AuthenticatedGuard)
    @Controller()
    class GuardedController {
      @Get('closed')
      closed(): string {
        return 'closed';
      }

      @Public()
      @Get('open')
      open(): string {
        return 'open';
      }
    }
    const browser = (await startApp({}, { controllers: [GuardedController] })).browser();
    expect((await browser.get('/closed')).status).toBe(401);
    expect((await browser.get('/open')).text).toBe('open');
  });

  it('covers everything through APP_GUARD, except methods and controllers that are @Public()', async () => {
    @Controller('closed')
    class ClosedController {
      @Get()
      closed(): string {
        return 'closed';
      }
    }
    @Public()
    @Controller('open')
    class OpenController {
      @Get()
      open(): string {
        return 'open';
      }

      @Public(false)
      @Get('but-not-this')
      closed(): string {
        return 'closed';
      }
    }
    const controllers = [AccountController, ClosedController, OpenController];
    const browser = (await startApp({}, { controllers, providers: [globally] })).browser();
    expect((await browser.get('/closed')).status).toBe(401);
    expect((await browser.get('/account')).status).toBe(401);
    expect((await browser.get('/open')).text).toBe('open');
    expect((await browser.get('/open/but-not-this')).status).toBe(401);
    await browser.post('/login/ada');
    expect((await browser.get('/closed')).text).toBe('closed');
    expect((await browser.get('/open/but-not-this')).text).toBe('closed');
  });

  it('lets the application shape its response', async () => {
    @Catch(NotAuthenticatedException)
    class SignInFilter implements ExceptionFilter<NotAuthenticatedException> {
      catch({ reason }: NotAuthenticatedException, host: ArgumentsHost): void {
        const response = host.switchToHttp().getResponse<Response>();
        response.redirect(`/sign-in?because=${reason}`);
      }
    }
    const app = await startApp(
      {},
      {
        controllers: [AccountController],
        providers: [globally, { provide: APP_FILTER, useClass: SignInFilter }],
      },
    );
    const { status, headers } = await app.browser().get('/account');
    expect([status, headers.get('location')]).toEqual([302, '/sign-in?because=anonymous']);
  });
});

interface Bench {
  readonly browser: Browser;
  pass(milliseconds: number): void;
}

/** @param forgets whether the store drops what has expired, or still has it */
const bench = async (options: Partial<SessionModuleOptions>, forgets: boolean): Promise<Bench> => {
  let now = Date.now();
  const clock = (): number => now;
  const store = new MemorySessionStore(forgets ? { clock } : { clock: () => 0 });
  const browser = await start({ ...options, store, clock });
  return {
    browser,
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
};

const reasonOf = async (browser: Browser): Promise<unknown> => {
  const { status, body } = await browser.get('/account');
  expect(status).toBe(401);
  expect(body).toEqual({
    statusCode: 401,
    error: 'Unauthorized',
    message: expect.stringMatching(/\w/),
    reason: expect.any(String),
  });
  return Reflect.get(Object(body), 'reason');
};

describe('the reason in the body of a 401', () => {
  it("is 'anonymous' without a cookie, and with a session that nobody signed in to", async () => {
    const { browser } = await bench({}, true);
    expect(await reasonOf(browser)).toBe('anonymous');
    await browser.post('/anonymous');
    expect(await reasonOf(browser)).toBe('anonymous');
  });

  it("is 'anonymous' for a cookie that nobody signed", async () => {
    const { browser } = await bench({}, true);
    const headers = { cookie: 'connect.sid=s%3Aguessed.signature' };
    expect((await browser.get('/account', { headers })).body).toMatchObject({
      reason: 'anonymous',
    });
  });

  it.each([
    ['that the store has forgotten', true],
    ['that the store still has', false],
  ])("is 'expired' for a session past its idle timeout %s", async (_name, forgets) => {
    const { browser, pass } = await bench({ idleTimeout: '10m' }, forgets);
    await browser.post('/login/ada');
    pass(10 * MINUTE - 1);
    expect((await browser.get('/account')).status).toBe(200);
    pass(10 * MINUTE);
    expect(browser.cookie()).toBeDefined();
    expect(await reasonOf(browser)).toBe('expired');
  });

  it("is 'absolute-timeout' for a session that was in use until its end", async () => {
    const options = { idleTimeout: '40m', absoluteTimeout: '1h' } as const;
    const { browser, pass } = await bench(options, false);
    await browser.post('/login/ada');
    pass(30 * MINUTE);
    expect((await browser.get('/account')).status).toBe(200);
    pass(29 * MINUTE);
    expect((await browser.get('/account')).status).toBe(200);
    pass(MINUTE);
    expect(await reasonOf(browser)).toBe('absolute-timeout');
  });

  it("is 'absolute-timeout' when both timeouts have passed, too", async () => {
    const { browser, pass } = await bench({}, false);
    await browser.post('/login/ada');
    pass(24 * HOUR);
    expect(await reasonOf(browser)).toBe('absolute-timeout');
  });

  it('is gone with the next sign-in', async () => {
    const { browser, pass } = await bench({ idleTimeout: '10m' }, false);
    await browser.post('/login/ada');
    pass(10 * MINUTE);
    expect(await reasonOf(browser)).toBe('expired');
    await browser.post('/login/grace');
    expect((await browser.get('/account')).body).toEqual({ userId: 'grace' });
  });
});

describe('a guard that extends AuthenticatedGuard', () => {
  it('takes the request from where the application keeps it', async () => {
    @Injectable()
    class EnvelopeGuard extends AuthenticatedGuard {
      protected override getRequest(context: ExecutionContext): object {
        const { envelope } = context.getArgByIndex<{ envelope?: object }>(0);
        return envelope ?? super.getRequest(context);
      }
    }
    const guard = new EnvelopeGuard(new Reflector());
    const envelope = { isAuthenticated: () => true };
    const context = new ExecutionContextHost(
      [{ envelope }],
      AccountController,
      AccountController.prototype.account,
    );
    context.setType('rpc');
    expect(guard.canActivate(context)).toBe(true);
  });

  it('decides in its own way whether somebody is signed in', async () => {
    @Injectable()
    class AdaGuard extends AuthenticatedGuard {
      constructor(
        reflector: Reflector,
        private readonly sessions: SessionService,
      ) {
        super(reflector);
      }

      protected override isAuthenticated(request: object): boolean {
        return super.isAuthenticated(request) && this.sessions.userId === 'ada';
      }

      protected override createException(reason: NotAuthenticatedReason): Error {
        return new ForbiddenException(`only ada, and this is ${reason}`);
      }
    }
    const app = await startApp(
      {},
      {
        controllers: [AccountController],
        providers: [{ provide: APP_GUARD, useClass: AdaGuard }],
      },
    );
    const browser = app.browser();
    await browser.post('/login/grace');
    const { status, body } = await browser.get('/account');
    expect(status).toBe(403);
    expect(body).toMatchObject({ message: 'only ada, and this is anonymous' });
    await browser.post('/login/ada');
    expect((await browser.get('/account')).status).toBe(200);
  });

  it('opens routes in its own way, and finds its own reasons', async () => {
    @Injectable()
    class OwnGuard extends AuthenticatedGuard {
      protected override isPublic(context: ExecutionContext): boolean {
        return super.isPublic(context) || context.getHandler().name.startsWith('free');
      }

      protected override getReason(): NotAuthenticatedReason {
        return 'revoked';
      }
    }
    @Controller()
    class OwnController {
      @Get('free')
      freeForAll(): string {
        return 'free';
      }

      @Get('closed')
      closed(): string {
        return 'closed';
      }
    }
    const app = await startApp(
      {},
      { controllers: [OwnController], providers: [{ provide: APP_GUARD, useClass: OwnGuard }] },
    );
    expect((await app.browser().get('/free')).text).toBe('free');
    expect((await app.browser().get('/closed')).body).toMatchObject({ reason: 'revoked' });
  });
});

/** What the developer is told, but no client. */
const remedyOf = (check: () => unknown): string => {
  try {
    check();
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Error) return error.cause.message;
  }
  return '';
};

describe('AuthenticatedGuard where it cannot tell who is signed in', () => {
  const handler = AccountController.prototype.account;
  const guard = new AuthenticatedGuard(new Reflector());

  it.each(['rpc', 'ws'])('says what is missing in a context of type %s', (type) => {
    const context = new ExecutionContextHost([{}, {}], AccountController, handler);
    context.setType(type);
    const check = (): unknown => guard.canActivate(context);
    const { logs, restore } = recordLogs();
    expect(check).toThrow(SessionUnavailableException);
    expect(check).toThrow(/^Internal server error$/);
    restore();
    const message = expect.stringContaining(`no HTTP request in a context of type '${type}'`);
    expect(logs).toEqual([1, 2].map(() => ({ level: 'error', message })));
    expect(remedyOf(check)).toContain(`no HTTP request in a context of type '${type}'`);
    expect(remedyOf(check)).toContain('override getRequest()');
  });

  const check = (graphql: unknown) => (): unknown => {
    const args = [undefined, {}, graphql, {}];
    const context = new ExecutionContextHost(args, AccountController, handler);
    context.setType('graphql');
    return guard.canActivate(context);
  };

  it('says what is missing in a GraphQL context without the request, and finds it by both names', () => {
    const request = { isAuthenticated: () => true };
    expect(remedyOf(check({}))).toMatch(/type 'graphql'.*context: \(\{ req \}\) => \(\{ req \}\)/);
    expect(check(undefined)).toThrow(SessionUnavailableException);
    expect(check({ req: request })()).toBe(true);
    expect(check({ request })()).toBe(true);
  });

  it('lets a public handler pass in every context', () => {
    const { login } = AccountController.prototype;
    const context = new ExecutionContextHost([{}], AccountController, login);
    context.setType('rpc');
    expect(guard.canActivate(context)).toBe(true);
  });

  it('answers 500, and not 401, on a route that SessionModule does not cover', async () => {
    const browser = await start({ exclude: ['account'] });
    await browser.post('/login/ada');
    const { logs, restore } = recordLogs();
    const { status, body } = await browser.get('/account');
    restore();
    expect([status, body]).toEqual([500, INTERNAL_ERROR]);
    expect(logs).toEqual([
      {
        level: 'error',
        message: expect.stringMatching(/AuthenticatedGuard was used.*not covered/),
      },
    ]);
  });
});

describe('while the store is down', () => {
  @Controller()
  class OpenController {
    constructor(private readonly sessions: SessionService) {}

    @Public()
    @Get('open')
    open(): object {
      const { current } = this.sessions;
      return { count: current.count ?? 0, user: this.sessions.userId ?? 'nobody' };
    }
  }

  const down = async (
    options: Partial<SessionModuleOptions>,
  ): Promise<{ browser: Browser; store: ScriptedStore }> => {
    const store = new ScriptedStore();
    const controllers = [AccountController, OpenController];
    const app = await startApp({ ...options, store }, { controllers, providers: [globally] });
    const browser = app.browser();
    await browser.post('/anonymous');
    await browser.post('/login/ada');
    expect((await browser.get('/open')).body).toEqual({ count: 1, user: 'ada' });
    store.break('read', 'create', 'replace', 'remove');
    return { browser, store };
  };

  it("answers 503, and not 401, with onStoreFailure: 'anonymous'", async () => {
    const { browser, store } = await down({ onStoreFailure: 'anonymous' });
    const { status, body, setCookies } = await browser.get('/account');
    expect(status).toBe(503);
    expect(body).toMatchObject({ statusCode: 503, error: 'Service Unavailable' });
    expect(body).not.toHaveProperty('reason');
    expect(setCookies).toEqual([]);
    store.mend();
    expect((await browser.get('/account')).body).toEqual({ userId: 'ada' });
  });

  it("answers a public route with an empty session, with onStoreFailure: 'anonymous'", async () => {
    const { browser, store } = await down({ onStoreFailure: 'anonymous' });
    const { status, body, setCookies } = await browser.get('/open');
    expect([status, body, setCookies]).toEqual([200, { count: 0, user: 'nobody' }, []]);
    expect((await browser.post('/anonymous')).status).toBe(503); // it changes what cannot be stored
    expect((await browser.post('/login/grace')).status).toBe(503);
    expect((await browser.post('/logout')).status).toBe(503);
    store.mend();
    expect((await browser.get('/open')).body).toEqual({ count: 1, user: 'ada' });
  });

  it.each(['/account', '/open'])(
    "answers 503 to %s with onStoreFailure: 'reject'",
    async (path) => {
      const { browser, store } = await down({ onStoreFailure: 'reject' });
      const { status, setCookies, headers } = await browser.get(path);
      expect([status, setCookies]).toEqual([503, []]);
      expect(headers.get('retry-after')).toBe('1');
      store.mend();
      expect((await browser.get(path)).status).toBe(200);
    },
  );

  it.each(['reject', 'anonymous'] as const)(
    'answers 401 to a request without a cookie, with onStoreFailure: %j',
    async (onStoreFailure) => {
      const { browser } = await down({ onStoreFailure });
      const headers = { cookie: 'other=1' };
      expect((await browser.get('/account', { headers })).status).toBe(401);
      expect((await browser.get('/open', { headers })).status).toBe(200);
    },
  );
});
