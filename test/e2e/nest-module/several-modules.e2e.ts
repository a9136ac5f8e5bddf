import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  MemorySessionStore,
  SealedCookieStore,
  SessionModule,
  SessionService,
} from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import type { NextFunction, Request, Response } from 'express';
import session from 'express-session';
import { codeBlocks } from '../../docs/markdown.js';
import { closeApps, SECRET, startModule } from '../../support/applications/nest-app.js';
import { platform } from '../../support/applications/platform-differences.js';
import { until } from '../../support/until.js';

afterEach(closeApps);

const OPTIONS: SessionModuleOptions = { secret: SECRET };

/** A controller under a path that signs users in and says who they are. */
function accountsAt(path: string): Type<{ who(): string }> {
  @Controller(path)
  class AccountController {
    constructor(private readonly sessions: SessionService) {}

    @Post('login/:user')
    async login(@Param('user') user: string): Promise<void> {
      await this.sessions.login(user);
    }

    @Get(['', 'who'])
    who(): string {
      return this.sessions.userId ?? 'nobody';
    }
  }
  return AccountController;
}

/** A feature that imports what it needs. */
function featureAt(path: string, ...imports: DynamicModule['imports'] & object): Type {
  return featureOf(accountsAt(path), ...imports);
}

function featureOf(accounts: Type, ...imports: DynamicModule['imports'] & object): Type {
  @Module({ imports, controllers: [accounts] })
  class FeatureModule {}
  return FeatureModule;
}

const failureOf = (...imports: DynamicModule['imports'] & object): Promise<unknown> =>
  startModule({ imports }).then(
    () => 'it started',
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

const forRoot = (options: object = {}): DynamicModule =>
  SessionModule.forRoot({ ...OPTIONS, ...options });
const forRootAsync = (options: object = {}, { isGlobal = true } = {}): DynamicModule =>
  SessionModule.forRootAsync({ isGlobal, useFactory: async () => ({ ...OPTIONS, ...options }) });

describe('a second global SessionModule', () => {
  it.each([
    ['forRoot() twice', forRoot(), forRoot()],
    ['forRootAsync() twice', forRootAsync(), forRootAsync()],
    ['one of each', forRoot(), forRootAsync({ name: 'other.sid' })],
    ['with routes of its own', forRoot({ forRoutes: ['a'] }), forRoot({ forRoutes: ['b'] })],
  ])('keeps the application from starting: %s', async (_how, one, two) => {
    expect(await failureOf(one, featureAt('feature', two))).toMatch(
      /SessionModule: is set up twice .* Once, in the root module, is enough/,
    );
  });
});

describe('plain SessionModule', () => {
  it.each([
    ['beside one that is set up', [forRoot()]],
    ['beside one that is not global', [forRoot({ isGlobal: false })]],
    ['alone', []],
  ])('keeps the application from starting: %s', async (_where, others) => {
    expect(await failureOf(...others, featureAt('feature', SessionModule))).toMatch(
      /options: is missing; .* no other module imports SessionModule/,
    );
  });
});

describe('several modules that are not global', () => {
  const LOCAL = { isGlobal: false };
  const ADMIN = { name: 'admin.sid', forRoutes: ['admin'] };
  const SHOP = { name: 'shop.sid', forRoutes: ['shop'] };
  const STORE = new MemorySessionStore();
  const SEALED = new SealedCookieStore({ keys: [SECRET] });

  it.each([
    ['the same name', forRoot(LOCAL), forRoot(LOCAL), /name: is that of another SessionModule/],
    [
      'the same name on other routes',
      forRoot({ ...LOCAL, forRoutes: ['a'] }),
      forRootAsync({ forRoutes: ['b'] }, LOCAL),
      /name: is that of another .* import that constant in each module/,
    ],
    [
      'the same routes',
      forRoot(LOCAL),
      forRoot({ ...LOCAL, name: 'other.sid' }),
      /forRoutes: overlap .* give each forRoutes of its own/,
    ],
    [
      'routes that are among those of the other',
      forRoot({ ...LOCAL, name: 'other.sid', forRoutes: ['a'] }),
      forRoot(),
      /forRoutes: overlap/,
    ],
    [
      'one secret and one store',
      forRoot({ ...LOCAL, ...ADMIN, store: STORE }),
      forRootAsync({ ...SHOP, store: STORE }, LOCAL),
      /secret: is that of another SessionModule .* give each a secret of its own/,
    ],
    [
      'one secret, among others, and stores that may have one database',
      forRoot({ ...LOCAL, ...ADMIN, secret: ['newer', SECRET], store: new session.MemoryStore() }),
      forRoot({ ...LOCAL, ...SHOP, store: new session.MemoryStore() }),
      /secret: is that of another SessionModule/,
    ],
  ])('keep the application from starting with %s', async (_what, one, two, message) => {
    expect(await failureOf(one, featureAt('feature', two))).toMatch(message);
  });

  it.each<[string, SessionModuleOptions, object]>([
    ['a secret each', { secret: 'of the staff', store: STORE }, { store: STORE }],
    ['a memory each', { ...OPTIONS, store: new MemorySessionStore() }, { store: STORE }],
    ['the default store', OPTIONS, {}],
    ['cookies that carry the records', { ...OPTIONS, store: SEALED }, { store: SEALED }],
  ])('start with %s', async (_what, staff, customers) => {
    const one = SessionModule.forRoot({ ...LOCAL, ...ADMIN, ...staff });
    const two = forRoot({ ...LOCAL, ...SHOP, ...customers });
    expect(await failureOf(one, two)).toBe('it started');
  });

  it.each<[string, object, object]>([
    [
      'names and routes of their own',
      { forRoutes: ['shop/{*path}'] },
      { forRoutes: ['admin/{*path}'] },
    ],
    [
      'the routes of one excluded from the other',
      { exclude: ['admin/{*path}'] },
      { forRoutes: ['admin/{*path}'] },
    ],
    [
      'cookies on paths of their own',
      { cookie: { path: '/shop' } },
      { cookie: { path: '/admin' } },
    ],
  ])('keep working with %s', async (_what, shop, admin) => {
    const app = await startModule({
      imports: [
        featureAt('shop', forRoot({ ...LOCAL, name: 'shop.sid', ...shop })),
        featureAt('admin', forRoot({ ...LOCAL, name: 'admin.sid', ...admin })),
      ],
    });
    const browser = app.browser();
    await browser.post('/shop/login/ada');
    expect((await browser.get('/shop/who')).text).toBe('ada');
    expect((await browser.get('/admin/who')).text).toBe('nobody');
    await browser.post('/admin/login/root');
    expect((await browser.get('/shop/who')).text).toBe('ada');
    expect((await browser.get('/admin/who')).text).toBe('root');
  });

  it('see only their own sessions in listeners on a response', async () => {
    const [shop, admin] = [accountsAt('shop'), accountsAt('admin')];
    const heard: string[][] = [];
    const app = await startModule(
      {
        imports: [
          featureOf(shop, forRoot({ ...LOCAL, name: 'shop.sid', forRoutes: ['shop/{*path}'] })),
          featureOf(admin, forRoot({ ...LOCAL, name: 'admin.sid', forRoutes: ['admin/{*path}'] })),
        ],
      },
      (nest) => {
        const who = (accounts: typeof shop): string => {
          try {
            return nest.get(accounts, { strict: false }).who();
          } catch {
            return 'no session';
          }
        };
        nest.use((_request: Request, response: Response, next: NextFunction) => {
          response.once('close', () => heard.push([who(shop), who(admin)]));
          next();
        });
      },
    );
    const browser = app.browser();
    await browser.post('/shop/login/ada');
    await browser.post('/admin/login/root');
    await until(() => heard.length === 2);
    expect(heard).toEqual([
      ['ada', 'no session'],
      ['no session', 'root'],
    ]);
  });

  it('can coexist with one global module', async () => {
    const admin = forRoot({ ...LOCAL, name: 'admin.sid', forRoutes: ['admin/{*path}'] });
    const app = await startModule({
      imports: [
        forRoot({ exclude: ['admin/{*path}'] }),
        featureAt('shop'),
        featureAt('admin', admin),
      ],
    });
    const browser = app.browser();
    await browser.post('/admin/login/root');
    expect((await browser.get('/admin/who')).text).toBe('root');
    expect((await browser.get('/shop/who')).text).toBe('nobody');
  });

  it('have the first page of each apart, too, with the routes that the docs show', async () => {
    const shown = codeBlocks('docs/01-getting-started.md', 'ts');
    const twoKinds = shown.find(({ file }) => file === 'src/two-kinds.ts')?.code ?? '';
    const [forRoutes, exclude] = [...twoKinds.matchAll(/\['(admin.*)'\]/g)].map(([, path]) => [
      path,
    ]);
    const app = await startModule({
      imports: [
        featureAt('admin', forRoot({ ...LOCAL, name: 'admin.sid', forRoutes })),
        forRoot({ exclude }),
        featureAt('shop'),
      ],
    });
    const browser = app.browser();
    await browser.post('/shop/login/ada');
    const paths = ['/admin', ...(platform.endsInAnySlash ? ['/admin/'] : []), '/admin/who'];
    for (const path of paths) {
      expect((await browser.get(path)).text).toBe('nobody');
    }
  });
});

describe('one SessionModule', () => {
  it.each([
    ['forRoot', forRoot({ isGlobal: false })],
    ['forRootAsync', forRootAsync({}, { isGlobal: false })],
    ['a global forRoot', forRoot()],
  ])('can be imported by many modules: %s', async (_how, sessions) => {
    const app = await startModule({
      imports: [sessions, featureAt('shop', sessions), featureAt('admin', sessions)],
    });
    const browser = app.browser();
    await browser.post('/shop/login/ada');
    expect((await browser.get('/admin/who')).text).toBe('ada');
  });

  it('can serve several applications in one process, and one after the other', async () => {
    const sessions = forRoot({ store: new MemorySessionStore() });
    const feature = featureAt('shop');
    const [one, two] = await Promise.all([
      startModule({ imports: [sessions, feature] }),
      startModule({ imports: [sessions, feature] }),
    ]);
    const browser = one.browser();
    await browser.post('/shop/login/ada');
    expect((await browser.copy(two.origin).get('/shop/who')).text).toBe('ada');
    await one.app.close();
    const three = await startModule({ imports: [sessions, feature] });
    expect((await browser.copy(three.origin).get('/shop/who')).text).toBe('ada');
  });

  it('is global when isGlobal is undefined, as by default', async () => {
    const isGlobal: boolean | undefined = [true].find((one) => !one);
    const undecided = SessionModule.forRoot(Object.assign({ isGlobal }, OPTIONS));
    const app = await startModule({ imports: [undecided, featureAt('shop')] });
    expect((await app.browser().get('/shop/who')).text).toBe('nobody');
  });

  it('can have its SessionService replaced by a test', async () => {
    const module = await Test.createTestingModule({ imports: [forRoot(), featureAt('shop')] })
      .overrideProvider(SessionService)
      .useValue({ userId: 'someone of the test' })
      .compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const answer = await fetch(`${(await app.getUrl()).replace('[::1]', '127.0.0.1')}/shop/who`);
    expect(await answer.text()).toBe('someone of the test');
    await app.close();
  });

  it('is the only one in a standalone application, too', async () => {
    @Module({ imports: [forRoot()] })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    expect(await context.get(SessionService).list('ada')).toEqual([]);
    await context.close();

    @Module({ imports: [forRoot(), featureAt('shop', forRoot())] })
    class DoubleModule {}
    const double = { abortOnError: false, logger: false } as const;
    const creating = NestFactory.createApplicationContext(DoubleModule, double);
    await expect(creating).rejects.toThrow(/SessionModule: is set up twice/);
  });
});
