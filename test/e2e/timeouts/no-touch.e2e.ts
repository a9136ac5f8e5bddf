import '../../support/session-data.js';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  Post,
  UseGuards,
} from '@nestjs/common';
import type { CanActivate, MiddlewareConsumer, NestMiddleware, NestModule } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  AuthenticatedGuard,
  MemorySessionStore,
  NoTouch,
  RequireFresh,
  Session,
  SessionService,
} from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { ask, graphqlModule } from '../../support/applications/graphql.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { until } from '../../support/until.js';

afterEach(closeApps);

const MINUTE = 60_000;

@Injectable()
class PollMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  use(_request: unknown, _response: unknown, next: () => void): void {
    this.sessions.noTouch();
    next();
  }
}

const refusing: CanActivate = {
  canActivate() {
    throw new ForbiddenException();
  },
};

@Controller()
class PageController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }

  @Get('page')
  page(@Session() session: Session): object {
    return { user: this.sessions.userId, count: session.count };
  }

  @Post('change')
  change(@Session() session: Session): void {
    session.label = 'changed';
  }

  @NoTouch()
  @Get('poll')
  poll(@Session() session: Session): object {
    return { user: this.sessions.userId, count: session.count };
  }

  @NoTouch()
  @Post('poll/count')
  count(@Session() session: Session): void {
    session.count = (session.count ?? 0) + 1;
  }

  @NoTouch()
  @Post('poll/save')
  async save(@Session() session: Session): Promise<void> {
    session.count = (session.count ?? 0) + 1;
    await this.sessions.save();
    await this.sessions.update((latest) => (latest.count = (latest.count ?? 0) + 1));
  }

  @NoTouch()
  @Get('poll/touch')
  touch(): void {
    this.sessions.touch();
  }

  /** The guard of the route itself never hears of it. */
  @NoTouch()
  @UseGuards(AuthenticatedGuard)
  @RequireFresh('1ms')
  @Get('poll/refused')
  refused(): void {}

  @UseGuards(refusing)
  @NoTouch()
  @Get('poll/forbidden')
  forbidden(): void {}

  @Get('from-middleware')
  fromMiddleware(): void {}
}

@NoTouch()
@Controller('all')
class PollsController {
  @Get('poll')
  poll(): void {}

  @NoTouch(false)
  @Get('page')
  page(): void {}
}

@Resolver()
class PollResolver {
  @NoTouch()
  @Query(() => String)
  poll(): string {
    return 'poll';
  }

  @Query(() => String)
  page(): string {
    return 'page';
  }
}

@Module({ controllers: [PageController, PollsController], providers: [PollResolver] })
class PageModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PollMiddleware).forRoutes('from-middleware');
  }
}

async function start(options: Partial<SessionModuleOptions> = {}) {
  let now = Date.now();
  const clock = (): number => now;
  const store = new ScriptedStore(new MemorySessionStore({ clock }));
  const { origin } = await startApp(
    { idleTimeout: '10m', clock, store, ...options },
    { imports: [PageModule, graphqlModule()] },
  );
  const browser = new Browser(origin, undefined, clock);
  await browser.post('/login');
  const get = (path: string) => browser.get(path);
  const post = (path: string) => browser.post(path);
  return {
    browser,
    store,
    get,
    post,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    isSignedIn: async () => JSON.stringify((await browser.get('/poll')).body).includes('ada'),
  };
}

type Bench = Awaited<ReturnType<typeof start>>;

describe('@NoTouch()', () => {
  it.each<[string, (bench: Bench) => Promise<unknown>]>([
    ['on a route', ({ get }) => get('/poll')],
    ['on a controller', ({ get }) => get('/all/poll')],
    ['on a route that a guard refuses', ({ get }) => get('/poll/refused')],
    ['on a route that its last guard refuses', ({ get }) => get('/poll/forbidden')],
    ['on a resolver', ({ browser }) => ask(browser, '{ poll }')],
    ['on one of several resolvers', ({ browser }) => ask(browser, '{ page poll }')],
    ['on a route that changes the session', ({ post }) => post('/poll/count')],
    ['on a route that stores it at once', ({ post }) => post('/poll/save')],
    ['as noTouch() in a middleware', ({ get }) => get('/from-middleware')],
  ])('does not extend a session, %s', async (_where, poll) => {
    const bench = await start();
    for (let minute = 2; minute < 10; minute += 2) {
      bench.pass(2 * MINUTE);
      await poll(bench);
    }
    expect(await bench.isSignedIn()).toBe(true);
    bench.pass(2 * MINUTE);
    expect(await bench.isSignedIn()).toBe(false);
  });

  it.each<[string, (bench: Bench) => Promise<unknown>]>([
    ['a route without it', ({ get }) => get('/page')],
    ['a route of such a controller with @NoTouch(false)', ({ get }) => get('/all/page')],
    ['a resolver without it', ({ browser }) => ask(browser, '{ page }')],
    ['a route that calls touch()', ({ get }) => get('/poll/touch')],
  ])('leaves alone %s', async (_which, use) => {
    const bench = await start({ cookie: { maxAge: '10m' } });
    for (let minute = 2; minute < 30; minute += 2) {
      bench.pass(2 * MINUTE);
      await use(bench);
    }
    expect(await bench.isSignedIn()).toBe(true);
  });

  it.each<Partial<SessionModuleOptions>>([{ cookie: { maxAge: '10m' } }, { rolling: true }])(
    'neither writes nor sends a cookie if nothing changed, %j',
    async (options) => {
      const { get, pass, store } = await start(options);
      pass(5 * MINUTE);
      const written = store.calls.length;
      const { setCookies, headers } = await get('/poll');
      expect(setCookies).toEqual([]);
      expect(headers.has('cache-control')).toBe(false);
      expect(store.calls.slice(written)).toEqual(['read']);
      expect((await get('/page')).setCookies).toHaveLength(1);
    },
  );

  it('stores what such a route changes', async () => {
    const { get, post, pass } = await start({ cookie: { maxAge: '10m' } });
    pass(5 * MINUTE);
    expect((await post('/poll/count')).setCookies).toEqual([]);
    expect((await post('/poll/save')).setCookies).toEqual([]);
    expect((await get('/page')).body).toEqual({ user: 'ada', count: 3 });
  });

  it.each<[string, readonly string[]]>([
    ['a touch that waits for it', ['/page']],
    ['a change that is written together with it', ['/change', '/poll/count']],
    ['a touch that is written together with it', ['/page', '/poll/count']],
  ])('does not keep %s from extending the session', async (_what, waiting) => {
    const { get, post, pass, store, isSignedIn } = await start();
    pass(5 * MINUTE);
    const writing = store.pause('replace');
    const requests = [post('/poll/count')];
    await writing.arrived;
    for (const path of waiting) {
      const read = store.countOf('read') + 1;
      requests.push(path === '/page' ? get(path) : post(path));
      await until(() => store.countOf('read') === read);
      await turns();
    }
    writing.resolve();
    await Promise.all(requests);
    pass(9 * MINUTE);
    expect(await isSignedIn()).toBe(true);
    expect((await get('/page')).body).toEqual({ user: 'ada', count: 1 });
  });
});

/** Lets a request go on from its read to where it waits for its turn to write. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
