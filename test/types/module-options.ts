import { Injectable, Module, RequestMethod } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import session from 'express-session';
import {
  createSessionMiddleware,
  MemorySessionStore,
  SealedCookieStore,
  SessionModule,
  toMilliseconds,
} from 'nestjs-sesame';
import type {
  Duration,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionModuleAsyncOptions,
  SessionModuleOptions,
  SessionOptions,
  SessionOptionsFactory,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';
import type { User } from '../support/applications/users.js';

const secret = 'a secret of more than thirty-two characters';

export const whole = SessionModule.forRoot({
  secret: ['new', 'old'],
  name: '__Host-sid',
  cookie: {
    path: '/',
    domain: 'example.com',
    httpOnly: true,
    secure: 'auto',
    sameSite: 'lax',
    maxAge: '7d',
    partitioned: false,
    priority: 'high',
  },
  store: new MemorySessionStore({ max: 10 }),
  idleTimeout: 1_800_000,
  absoluteTimeout: null,
  touchInterval: 0,
  rolling: true,
  saveUninitialized: false,
  resave: false,
  unset: 'keep',
  genid: (request) => request.url ?? '',
  proxy: true,
  hashIds: false,
  storeTimeout: '250ms',
  onStoreFailure: 'anonymous',
  loadUser: (id) => ({ id, name: id }),
  forRoutes: ['cats', { path: 'dogs', method: RequestMethod.GET }],
  exclude: ['health'],
  isGlobal: false,
});

export const leastOptions = SessionModule.forRoot({ secret });

/** Options may come from sources where they may be missing: the error at boot says what to do. */
export const fromEnvironment = SessionModule.forRoot({
  secret: process.env['SESSION_SECRET'],
  encryption: { keys: [process.env['NEW_KEY'], process.env['OLD_KEY']] },
});
export const severalFromEnvironment = SessionModule.forRoot({
  secret: [process.env['NEW_SECRET'], Buffer.from('old')],
  store: new SealedCookieStore({ keys: [process.env['KEY'], Buffer.alloc(32)] }),
});
export const undefinedOptions = SessionModule.forRoot({
  secret: undefined,
  name: undefined,
  store: undefined,
  idleTimeout: undefined,
  proxy: undefined,
  cookie: { domain: undefined, maxAge: undefined, secure: undefined },
});

export const expressStore = SessionModule.forRoot({ secret, store: new session.MemoryStore() });

export const cookieFunction = SessionModule.forRoot({
  secret,
  cookie: (request) => ({ secure: request.headers['x-secure'] === '1' }),
});

@Injectable()
export class OptionsFactory implements SessionOptionsFactory {
  createSessionOptions(): SessionModuleOptions {
    return { secret };
  }
}

@Module({
  imports: [
    SessionModule.forRootAsync({ useClass: OptionsFactory }),
    SessionModule.forRootAsync({ useExisting: OptionsFactory, isGlobal: false }),
    SessionModule.forRootAsync({
      imports: [],
      inject: [OptionsFactory],
      useFactory: async (factory: OptionsFactory) => factory.createSessionOptions(),
    }),
  ],
})
export class AppModule {}

export class OwnStore implements SessionStore {
  async read(key: string): Promise<ReadRecord | undefined> {
    return { payload: key, version: 1 };
  }
  async create(_key: string, record: StoredRecord): Promise<Written | 'taken'> {
    return record.expiresAt > 0 ? { version: 1 } : 'taken';
  }
  async replace(key: string, version: Version): Promise<ReplaceOutcome> {
    return version === 1 ? { version: 2 } : { conflict: { payload: key, version: 1 } };
  }
  async remove(): Promise<RemoveOutcome> {
    return 'gone';
  }
}
export const ownStore = SessionModule.forRoot({ secret, store: new OwnStore() });

class Config {
  secret(): string | undefined {
    return process.env['SESSION_SECRET'];
  }
}

class Accounts {
  async find(id: string): Promise<User | null> {
    return id === 'ada' ? { id, name: 'Ada' } : null;
  }
}

/** A factory whose type is inferred. */
class InferredFactory {
  async createSessionOptions() {
    return { secret, rolling: true };
  }
}

export const fromFactories = [
  SessionModule.forRootAsync({
    inject: [Config],
    useFactory: (config: Config) => ({
      secret: config.secret(),
      idleTimeout: '1h',
      unset: 'keep',
      cookie: { sameSite: 'strict', maxAge: '7d' },
      limit: { max: 5, onExceed: 'reject' },
      exclude: ['health'],
    }),
    isGlobal: false,
  }),
  SessionModule.forRootAsync({
    inject: [Config],
    useFactory: async (config) => ({ secret: config.secret(), cookie: () => ({ secure: true }) }),
  }),
  SessionModule.forRootAsync({
    useFactory: () => (secret.length > 3 ? { secret, rolling: true } : { secret, name: 'sid' }),
  }),
  SessionModule.forRootAsync({ useFactory: (): SessionModuleOptions => ({ secret }) }),
  SessionModule.forRootAsync({ useFactory: () => ({ secret, store: new OwnStore() }) }),
  SessionModule.forRootAsync({ useClass: InferredFactory }),
  SessionModule.forRootAsync({
    inject: [Accounts],
    useFactory: (accounts: Accounts) => ({ secret, loadUser: (id) => accounts.find(id) }),
  }),
];

/** An application's own function on top of it. */
export function sessions(options: SessionModuleAsyncOptions): DynamicModule {
  return SessionModule.forRootAsync(options);
}

export class Misspelt implements SessionOptionsFactory {
  createSessionOptions(): SessionModuleOptions {
    // @ts-expect-error an unknown option in a factory that says what it returns
    return { secret, idleTimout: '5m' };
  }
}

class MisspeltFactory {
  createSessionOptions() {
    return { secret, rollign: true };
  }
}

export const toMillisecondsOf: number =
  toMilliseconds('7d') + toMilliseconds(process.env['T'] ?? 5);
export const durations: Duration[] = [1, '250ms', '90s', '30m', '12h', '7d', '1.5h'];
// @ts-expect-error no such unit
export const parsecs: Duration = '5 parsecs';
// @ts-expect-error no unit
export const unitless: Duration = '5';
// @ts-expect-error no number
export const numberless: Duration = 'm';

SessionModule.forRoot({ secret: Buffer.from(secret) });
SessionModule.forRoot({ secret: [secret, Buffer.from(secret)] });
// @ts-expect-error no secret
SessionModule.forRoot({});
// @ts-expect-error no options
SessionModule.forRoot();
// @ts-expect-error a secret of another type
SessionModule.forRoot({ secret: 42 });
// @ts-expect-error no secret, though others are given
SessionModule.forRoot({ name: 'sid' });
// @ts-expect-error an unknown option
SessionModule.forRoot({ secret, idleTimout: '5m' });
// @ts-expect-error an unknown attribute of the cookie
SessionModule.forRoot({ secret, cookie: { samesite: 'lax' } });
// @ts-expect-error no duration
SessionModule.forRoot({ secret, idleTimeout: '5 parsecs' });
// @ts-expect-error no duration for the cookie
SessionModule.forRoot({ secret, cookie: { maxAge: '1 week' } });
// @ts-expect-error only absoluteTimeout can be null
SessionModule.forRoot({ secret, idleTimeout: null });
// @ts-expect-error no such choice
SessionModule.forRoot({ secret, unset: 'forget' });
// @ts-expect-error no such choice of SameSite
SessionModule.forRoot({ secret, cookie: { sameSite: 'Lax' } });
// @ts-expect-error an id is a string
SessionModule.forRoot({ secret, genid: () => 5 });
// @ts-expect-error not a user as the application declares them
SessionModule.forRoot({ secret, loadUser: (id) => ({ id }) });
// @ts-expect-error a user who is gone is undefined or null
SessionModule.forRoot({ secret, loadUser: () => false });
// @ts-expect-error no store
SessionModule.forRoot({ secret, store: { get: () => undefined } });
// @ts-expect-error the class of a store instead of a store
SessionModule.forRoot({ secret, store: MemorySessionStore });
// @ts-expect-error a factory without a secret
SessionModule.forRootAsync({ useFactory: () => ({ name: 'sid' }) });
// @ts-expect-error an unknown option
SessionModule.forRootAsync({ useFactory: () => ({ secret, idleTimout: '5m' }) });
// @ts-expect-error an unknown option in a promise
SessionModule.forRootAsync({ useFactory: async () => ({ secret, idleTimout: '5m' }) });
// @ts-expect-error an unknown option, with a dependency
SessionModule.forRootAsync({ useFactory: (config) => ({ secret: config.secret, rollign: true }) });
// @ts-expect-error an unknown option in one case of several
SessionModule.forRootAsync({ useFactory: () => (secret ? { secret } : { secret, rollign: true }) });
// @ts-expect-error an unknown attribute of the cookie
SessionModule.forRootAsync({ useFactory: () => ({ secret, cookie: { samesite: 'lax' } }) });
// @ts-expect-error no duration
SessionModule.forRootAsync({ useFactory: () => ({ secret, idleTimeout: '5 parsecs' }) });
// @ts-expect-error an unknown option from a class
SessionModule.forRootAsync({ useClass: MisspeltFactory });
// @ts-expect-error an unknown option from a class that is provided already
SessionModule.forRootAsync({ useExisting: MisspeltFactory });
// @ts-expect-error an option of the module that the factory cannot return
SessionModule.forRootAsync({ useFactory: () => ({ secret, isGlobal: false }) });

export const middleware = createSessionMiddleware({ secret });
export const middlewareOptions: SessionOptions = { secret, rolling: true };
// @ts-expect-error the middleware goes where it is put: it has no routes of its own
createSessionMiddleware({ secret, forRoutes: ['cats'] });
// @ts-expect-error nobody asks for the user of a plain middleware
createSessionMiddleware({ secret, loadUser: () => undefined });
// @ts-expect-error no secret for the middleware
createSessionMiddleware({});
