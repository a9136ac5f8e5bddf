import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module, Post, Scope } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import {
  InvalidSessionOptionsException,
  SessionModule,
  SessionService,
  SessionUnavailableException,
} from 'nestjs-sesame';
import type { SessionModuleOptions, SessionOptionsFactory } from 'nestjs-sesame';
import { closeApps, SECRET, startApp, startModule } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';

afterEach(closeApps);

@Controller()
class CountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('count')
  count(): number {
    const { current } = this.sessions;
    current.count = (current.count ?? 0) + 1;
    return current.count;
  }
}

/** Knows sessions through injection alone. */
@Module({ controllers: [CountController] })
class FeatureModule {}

const NAMED: SessionModuleOptions = { secret: SECRET, name: 'named.sid' };

@Injectable()
class NameConfig {
  readonly name: string = 'configured.sid';
}

@Module({ providers: [NameConfig], exports: [NameConfig] })
class ConfigModule {}

@Injectable()
class OptionsFactory implements SessionOptionsFactory {
  createSessionOptions(): SessionModuleOptions {
    return NAMED;
  }
}

@Injectable()
class AsyncOptionsFactory implements SessionOptionsFactory {
  constructor(private readonly config: NameConfig) {}

  async createSessionOptions(): Promise<SessionModuleOptions> {
    return { secret: SECRET, name: await Promise.resolve(this.config.name) };
  }
}

@Module({
  imports: [ConfigModule],
  providers: [OptionsFactory, AsyncOptionsFactory],
  exports: [OptionsFactory, AsyncOptionsFactory],
})
class FactoryModule {}

const WAYS: readonly [string, string, DynamicModule][] = [
  ['forRoot', 'named.sid', SessionModule.forRoot(NAMED)],
  [
    'forRootAsync with useFactory, inject and imports',
    'configured.sid',
    SessionModule.forRootAsync({
      imports: [ConfigModule],
      inject: [NameConfig],
      useFactory: ({ name }: NameConfig) => ({ secret: SECRET, name }),
    }),
  ],
  [
    'forRootAsync with an asynchronous useFactory',
    'later.sid',
    SessionModule.forRootAsync({
      useFactory: async () => Promise.resolve({ secret: SECRET, name: 'later.sid' }),
    }),
  ],
  [
    'forRootAsync with useClass',
    'named.sid',
    SessionModule.forRootAsync({ useClass: OptionsFactory }),
  ],
  [
    'forRootAsync with useClass, whose dependencies are imported',
    'configured.sid',
    SessionModule.forRootAsync({ imports: [ConfigModule], useClass: AsyncOptionsFactory }),
  ],
  [
    'forRootAsync with useExisting',
    'named.sid',
    SessionModule.forRootAsync({ imports: [FactoryModule], useExisting: OptionsFactory }),
  ],
  [
    'forRootAsync with useExisting, which answers later',
    'configured.sid',
    SessionModule.forRootAsync({ imports: [FactoryModule], useExisting: AsyncOptionsFactory }),
  ],
];

describe.each(WAYS)('%s', (_way, name, sessions) => {
  it(`gives the application sessions by its options (${name})`, async () => {
    const app = await startModule({ imports: [sessions, FeatureModule] });
    const browser = app.browser();
    const first = await browser.post('/count');
    const second = await browser.post('/count');
    expect([first.body, second.body]).toEqual([1, 2]);
    expect(browser.cookie(name)).toBeDefined();
  });
});

describe('isGlobal', () => {
  it.each([
    ['forRoot', SessionModule.forRoot({ ...NAMED, isGlobal: false })],
    ['forRootAsync', SessionModule.forRootAsync({ isGlobal: false, useClass: OptionsFactory })],
  ])(
    'false by %s hides SessionService from modules that do not import it',
    async (_way, sessions) => {
      await expect(startModule({ imports: [sessions, FeatureModule] })).rejects.toThrow(
        /CountController.*SessionService/s,
      );
    },
  );

  it.each([
    ['forRoot', (isGlobal: object) => SessionModule.forRoot({ ...NAMED, ...isGlobal })],
    [
      'forRootAsync',
      (isGlobal: object) => SessionModule.forRootAsync({ useClass: OptionsFactory, ...isGlobal }),
    ],
  ])('that is neither true nor false is an error of %s', (_way, register) => {
    for (const [isGlobal, shown] of [
      ['no', "'no'"],
      [null, 'null'],
      [0, '0'],
    ]) {
      expect(() => register({ isGlobal })).toThrow(
        expect.objectContaining({
          problems: [{ path: 'isGlobal', problem: `is ${shown}; give true or false` }],
        }),
      );
    }
  });

  it('false provides it to modules that import the same dynamic module', async () => {
    const sessions = SessionModule.forRoot({ ...NAMED, isGlobal: false });
    @Module({ imports: [sessions], controllers: [CountController] })
    class ImportingModule {}

    const app = await startModule({ imports: [sessions, ImportingModule] });
    const browser = app.browser();
    await browser.post('/count');
    expect((await browser.post('/count')).body).toBe(2);
  });

  it('false provides it to modules that import a module which exports it', async () => {
    @Module({
      imports: [SessionModule.forRoot({ ...NAMED, isGlobal: false })],
      exports: [SessionModule],
    })
    class SharedModule {}
    @Module({ imports: [SharedModule], controllers: [CountController] })
    class ImportingModule {}

    const app = await startModule({ imports: [ImportingModule] });
    const browser = app.browser();
    await browser.post('/count');
    expect((await browser.post('/count')).body).toBe(2);
  });
});

/** The outcome of starting an application with these sessions. */
const failureOf = async (sessions: DynamicModule): Promise<unknown> => {
  @Module({ imports: [sessions] })
  class AppModule {}
  return NestFactory.create(AppModule, { abortOnError: false, logger: false }).then(
    () => undefined,
    (error: unknown) => error,
  );
};

describe('invalid options', () => {
  /** As they may come from a configuration file. */
  const invalid: SessionModuleOptions = JSON.parse(
    '{ "secret": "", "idleTimeout": "soon", "touchIntervall": 5, "cookie": { "sameSite": "none" }, "forRoutes": [] }',
  );

  @Injectable()
  class InvalidFactory implements SessionOptionsFactory {
    createSessionOptions(): SessionModuleOptions {
      return invalid;
    }
  }

  it.each([
    ['forRoot', SessionModule.forRoot(invalid)],
    ['forRootAsync with useFactory', SessionModule.forRootAsync({ useFactory: () => invalid })],
    ['forRootAsync with useClass', SessionModule.forRootAsync({ useClass: InvalidFactory })],
  ])(
    'keep the application from starting, by %s, and all of them are listed',
    async (_way, sessions) => {
      const failure = await failureOf(sessions);
      expect(failure).toBeInstanceOf(InvalidSessionOptionsException);
      if (!(failure instanceof InvalidSessionOptionsException)) return;
      const paths = failure.problems.map(({ path }) => path).toSorted();
      expect([...new Set(paths)]).toEqual([
        'cookie.sameSite',
        'forRoutes',
        'idleTimeout',
        'secret',
        'touchIntervall',
      ]);
      for (const path of paths) expect(failure.message).toContain(path);
    },
  );

  it.each([
    ['an object in its place', {}, 'is an object'],
    ['null', null, 'is null'],
  ])('include a loadUser that is %s rather than a function', async (_what, loadUser, found) => {
    const options: SessionModuleOptions = JSON.parse(JSON.stringify({ secret: SECRET, loadUser }));
    expect(await failureOf(SessionModule.forRoot(options))).toMatchObject({
      problems: [
        {
          path: 'loadUser',
          problem: `${found}; give a function: (userId) => user, or a promise of one`,
        },
      ],
    });
  });

  it('are an error, too, if there are none at all', async () => {
    const nothing: SessionModuleOptions = JSON.parse('null');
    const failure = await failureOf(SessionModule.forRootAsync({ useFactory: () => nothing }));
    expect(failure).toBeInstanceOf(InvalidSessionOptionsException);
  });

  it('are named when they stand beside the factory, where nobody reads them', () => {
    const beside = { useFactory: () => ({ secret: SECRET }), encryption: undefined };
    expect(attempt(() => SessionModule.forRootAsync(beside))).not.toBeInstanceOf(Error);
    const both = { ...beside, encryption: { keys: [SECRET] }, exclude: ['health'] };
    expect(attempt(() => SessionModule.forRootAsync(both))).toMatchObject({
      problems: [{ path: 'encryption' }, { path: 'exclude' }],
    });
  });

  it('are not hidden by a factory that itself fails', async () => {
    const sessions = SessionModule.forRootAsync({
      useFactory: () => Promise.reject(new Error('no vault here')),
    });
    expect(await failureOf(sessions)).toMatchObject({ message: 'no vault here' });
  });
});

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  createSessionOptions() {
    return NAMED;
  }
}

const attempt = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

it('missing options are reported by name when SessionModule itself is imported', async () => {
  @Module({ imports: [SessionModule] })
  class AppModule {}
  const starting = NestFactory.create(AppModule, { abortOnError: false, logger: false });
  await expect(starting).rejects.toThrow(/options: is missing; give .* SessionModule\.forRoot/);
});

it.each<[string, Parameters<typeof SessionModule.forRootAsync>[0]]>([
  ['a factory', { inject: [REQUEST], useFactory: () => NAMED }],
  ['a class', { useClass: Scoped }],
])('options in request scope are an error at boot that says so, of %s', async (_of, options) => {
  const starting = startModule({ imports: [SessionModule.forRootAsync(options)] });
  await expect(starting).rejects.toThrow(/options: depend on a provider in request scope/);
});

describe('SessionService outside a request', () => {
  it('throws an error that says so in onModuleInit, for each of its operations', async () => {
    const failures: unknown[] = [];

    @Injectable()
    class Early {
      constructor(private readonly sessions: SessionService) {}

      async onModuleInit(): Promise<void> {
        const { sessions } = this;
        failures.push(attempt(() => sessions.current));
        failures.push(attempt(() => sessions.userId));
        failures.push(attempt(() => sessions.touch()));
        const operations = [
          () => sessions.login('ada'),
          () => sessions.logout(),
          () => sessions.regenerate(),
          () => sessions.destroy(),
          () => sessions.confirm(),
          () => sessions.save(),
          () => sessions.reload(),
          () => sessions.update(() => undefined),
        ];
        for (const operation of operations) {
          failures.push(await operation().catch((error: unknown) => error));
        }
      }
    }

    await startApp({}, { providers: [Early] });
    expect(failures).toHaveLength(11);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(SessionUnavailableException);
      expect(failure).toMatchObject({
        message: 'Internal server error',
        cause: expect.objectContaining({ message: expect.stringContaining('outside a request') }),
      });
    }
  });

  it('throws an error that says so in a timer of the application', async () => {
    const outcome = deferred<unknown>();

    @Injectable()
    class Timed {
      constructor(sessions: SessionService) {
        setTimeout(() => outcome.resolve(attempt(() => sessions.current)), 0);
      }
    }

    await startApp({}, { providers: [Timed] });
    expect(await outcome.promise).toBeInstanceOf(SessionUnavailableException);
  });
});
