import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestMiddleware, NestModule } from '@nestjs/common';
import { MemoryStore } from 'express-session';
import { fastify } from 'fastify';
import type { FastifySessionOptions } from '@fastify/session';
import type { IncomingMessage } from 'node:http';
import { Session, SessionService } from 'nestjs-sesame';
import { describeOnHttpPlatforms } from '../../support/applications/describe-on-http-platforms.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';

afterEach(closeApps);

@Injectable()
class AdoptMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  async use(_request: unknown, _response: unknown, next: () => void): Promise<void> {
    const user: unknown = Reflect.get(this.sessions.current, 'user');
    if (typeof user === 'string') await this.sessions.adopt(user);
    next();
  }
}

@Controller()
class MovedController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  see(@Session() session: Session): object {
    return { user: this.sessions.userId, cart: Reflect.get(session, 'cart') };
  }
}

@Module({ controllers: [MovedController] })
class MovedModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AdoptMiddleware).forRoutes('{*path}');
  }
}

/** Only the types are in the way: each package has its own for what a session holds. */
function asTheirs(store: MemoryStore): NonNullable<FastifySessionOptions['store']> {
  return {
    get: (...given) => Reflect.apply(store.get, store, given),
    set: (...given) => Reflect.apply(store.set, store, given),
    destroy: (...given) => Reflect.apply(store.destroy, store, given),
  };
}

/** The cookie of a session of @fastify/session in that store. */
async function signedInBefore(
  store: MemoryStore,
  options: Partial<FastifySessionOptions>,
): Promise<string> {
  const before = fastify();
  await before.register(fastifyCookie);
  const cookie = { secure: false, maxAge: 600_000 };
  await before.register(fastifySession, {
    secret: SECRET,
    store: asTheirs(store),
    cookie,
    ...options,
  });
  before.post('/', async ({ session }) => {
    Object.assign(session, { user: 'ada', cart: ['tea'] });
  });
  const browser = new Browser(await before.listen({ port: 0, host: '127.0.0.1' }));
  await browser.post('/');
  await before.close();
  return browser.cookie('sessionId') ?? '';
}

describeOnHttpPlatforms('a session of @fastify/session', () => {
  it.each([
    ['of its defaults', {}],
    ["with cookiePrefix: 's:'", { cookiePrefix: 's:' }],
  ])('goes on, %s', async (_what, options) => {
    const store = new MemoryStore();
    const value = await signedInBefore(store, options);
    const app = await startApp(
      { name: 'sessionId', hashIds: false, store },
      { imports: [MovedModule] },
      (nest) => {
        nest.getHttpServer().prependListener('request', ({ headers }: IncomingMessage) => {
          const prefixed = headers.cookie?.replace(
            /(^|; )sessionId=(?!s(?::|%3A))/,
            '$1sessionId=s%3A',
          );
          if (prefixed !== undefined) headers.cookie = prefixed;
        });
      },
    );
    const browser = new Browser(app.origin, new Map([['sessionId', value]]));
    expect((await browser.get('/')).body).toEqual({ user: 'ada', cart: ['tea'] });
  });
});
