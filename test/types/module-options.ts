import { Injectable, Module, RequestMethod } from '@nestjs/common';
import session from 'express-session';
import { createSessionMiddleware, MemorySessionStore, SessionModule } from 'nestjs-sesame';
import type {
  Duration,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionModuleOptions,
  SessionOptions,
  SessionOptionsFactory,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';

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
  touchInterval: '1.5s',
  rolling: true,
  saveUninitialized: false,
  resave: false,
  unset: 'keep',
  genid: (request) => request.url ?? '',
  proxy: true,
  hashIds: false,
  storeTimeout: '250ms',
  onStoreFailure: 'anonymous',
  forRoutes: ['cats', { path: 'dogs', method: RequestMethod.GET }],
  exclude: ['health'],
  isGlobal: false,
});

export const leastOptions = SessionModule.forRoot({ secret });

/** Options may come from where they may be missing. */
export const undefinedOptions = SessionModule.forRoot({
  secret,
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
// @ts-expect-error no store
SessionModule.forRoot({ secret, store: { get: () => undefined } });
// @ts-expect-error no store, but the class of one
SessionModule.forRoot({ secret, store: MemorySessionStore });
// @ts-expect-error a factory without a secret
SessionModule.forRootAsync({ useFactory: () => ({ name: 'sid' }) });

export const middleware = createSessionMiddleware({ secret });
export const middlewareOptions: SessionOptions = { secret, rolling: true };
// @ts-expect-error the middleware goes where it is put: it has no routes of its own
createSessionMiddleware({ secret, forRoutes: ['cats'] });
// @ts-expect-error no secret for the middleware
createSessionMiddleware({});
