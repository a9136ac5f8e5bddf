import '../../support/session-data.js';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, ImATeapotException, Module, Post, Req } from '@nestjs/common';
import type { DynamicModule, MiddlewareConsumer, NestModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cookies from '@fastify/cookie';
import { fastify } from 'fastify';
import Libsql from 'libsql';
import type { FastifyInstance } from 'fastify';
import { Session, SessionModule, sessionPlugin, SessionService, userIdOf } from 'nestjs-sesame';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeFastify, sessionOf, startFastify } from '../../support/applications/fastify-app.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { until } from '../../support/until.js';

const require = createRequire(import.meta.url);

/** A plugin whose types say that its session is on the request. */
const rivalSession: (
  instance: object,
  options: { secret: string },
  done: () => void,
) => void = require('@fastify/session');

const seen: unknown[] = [];

@Controller()
class CountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('count')
  count(@Session() session: Session, @Req() request: object): object {
    session.count = (session.count ?? 0) + 1;
    const isSame = this.sessions.current === session && Reflect.get(request, 'session') === session;
    return { count: session.count, isSame, user: userIdOf(request) ?? null };
  }

  @Post('login')
  login(): Promise<void> {
    return this.sessions.login('ada');
  }

  @Get('free')
  free(@Req() request: object): object {
    return { has: Reflect.get(request, 'session') !== undefined };
  }
}

const applicationOf = (options: Partial<SessionModuleOptions>, seeing = false): DynamicModule => {
  @Module({})
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      if (!seeing) return;
      const look = (request: object, _response: object, next: () => void): void => {
        seen.push(Reflect.get(request, 'session') !== undefined);
        next();
      };
      consumer.apply(look).forRoutes('*path');
    }
  }
  return {
    module: AppModule,
    imports: [SessionModule.forRoot({ secret: SECRET, ...options })],
    controllers: [CountController],
  };
};

const running: NestFastifyApplication[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  await closeFastify();
});

/** As in a main.ts. */
async function boot(
  options: Partial<SessionModuleOptions> = {},
  adapter = new FastifyAdapter(),
  configure: (app: NestFastifyApplication) => unknown = () => undefined,
): Promise<Browser> {
  const module = applicationOf(options, true);
  const settings = { logger: false, abortOnError: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, settings);
  running.push(app);
  await configure(app);
  await app.listen(0, '127.0.0.1');
  return new Browser((await app.getUrl()).replace('[::1]', '127.0.0.1'));
}

describe('SessionModule on Fastify', () => {
  it('installs itself: the session is there for middleware, plugins, decorators and services', async () => {
    seen.length = 0;
    const browser = await boot({}, undefined, async (app) => {
      await app.register(async (instance: FastifyInstance) => {
        instance.get(
          '/plugin',
          (request, reply) => void reply.send({ count: sessionOf(request).count }),
        );
      });
    });
    const first = { count: 1, isSame: true, user: null };
    expect((await browser.post('/count')).body).toEqual(first);
    await browser.post('/login');
    expect((await browser.post('/count')).body).toEqual({ count: 2, isSame: true, user: 'ada' });
    expect((await browser.get('/plugin')).body).toEqual({ count: 2 });
    expect(seen).toEqual([true, true, true, true]);
  });

  it('reads once, and writes nothing, for a request that changes nothing', async () => {
    const store = new ScriptedStore();
    const browser = await boot({ store });
    await browser.post('/count');
    store.calls.length = 0;
    expect((await browser.get('/free')).body).toEqual({ has: true });
    expect(store.calls).toEqual(['read']);
  });

  it('leaves the routes to Nest if it does not cover all of them', async () => {
    const browser = await boot({ exclude: ['free'] }, undefined, (app) =>
      app.setGlobalPrefix('api'),
    );
    expect((await browser.post('/api/count')).body).toMatchObject({ count: 1, isSame: true });
    expect((await browser.post('/api/count')).body).toMatchObject({ count: 2, isSame: true });
    expect((await browser.get('/api/free')).body).toEqual({ has: false });
  });

  it.each(['before', 'after'])(
    'runs the hook that an application gives to the adapter %s it',
    async (when) => {
      const adapter = new FastifyAdapter();
      const asked: unknown[] = [];
      const give = (): void =>
        adapter.setOnRequestHook(async (request) => {
          asked.push(sessionOf(request).count ?? 0);
        });
      if (when === 'before') give();
      const browser = await boot({}, adapter, () => when === 'after' && give());
      await browser.post('/count');
      expect((await browser.post('/count')).body).toMatchObject({ count: 2 });
      expect(asked).toEqual([0, 1]);
    },
  );

  it('sends the error that a hook of the application throws', async () => {
    const adapter = new FastifyAdapter();
    const browser = await boot({}, adapter, () =>
      adapter.setOnRequestHook(() => {
        throw new ImATeapotException();
      }),
    );
    expect((await browser.post('/count')).status).toBe(418);
  });

  it('uses the proxies that Fastify trusts', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const cookie = { secure: true };
    const trusting = await boot({ cookie }, new FastifyAdapter({ trustProxy: true }));
    expect(
      (
        await trusting.post(
          '/count',
          {},
          { headers: { ...headers, 'content-type': 'application/json' } },
        )
      ).setCookies,
    ).toHaveLength(1);
    const wary = await boot({ cookie });
    expect((await wary.post('/count', undefined, { headers })).setCookies).toEqual([]);
  });

  it('answers 503 within the store timeout when the store hangs, before and after the handler', async () => {
    const store = new ScriptedStore();
    const browser = await boot({ store, storeTimeout: 50 });
    const create = store.pause('create');
    expect((await browser.post('/count')).status).toBe(503);
    create.resolve();
    await browser.post('/count');
    const read = store.pause('read');
    expect(await browser.post('/count')).toMatchObject({
      status: 503,
      body: { message: /Try again/ },
    });
    read.resolve();
  });

  it('refuses an adapter that is too old', async () => {
    class OldAdapter extends FastifyAdapter {}
    Object.defineProperty(OldAdapter.prototype, 'setOnRequestHook', { value: undefined });
    await expect(boot({}, new OldAdapter())).rejects.toThrow(
      'needs @nestjs/platform-fastify 11.1.4 or later',
    );
  });

  it.each([
    ['in the same context', false],
    ['in another one', true],
  ])('refuses @fastify/session beside it, %s', async (_where, isEncapsulated) => {
    const add = async (instance: FastifyInstance): Promise<void> => {
      await instance.register(cookies, {});
      rivalSession(instance, { secret: SECRET }, () => undefined);
    };
    if (!isEncapsulated) Object.assign(add, { [Symbol.for('skip-override')]: true });
    const beside = boot({}, undefined, async (app) => {
      await app.register(add);
    });
    await expect(beside).rejects.toThrow('do not register that plugin');
  });
});

describe('sessionPlugin()', () => {
  it('refuses to come after @fastify/session', async () => {
    const app = fastify();
    await app.register(cookies, {});
    await app.register(rivalSession, { secret: SECRET });
    await expect(Promise.resolve(app.register(sessionPlugin, { secret: SECRET }))).rejects.toThrow(
      'cannot share request.session',
    );
  });

  it('says what is wrong with its options, and how it is used', async () => {
    const app = fastify();
    await expect(Promise.resolve(app.register(sessionPlugin, { secret: '' }))).rejects.toThrow(
      'secret',
    );
    await expect(sessionPlugin({}, { secret: SECRET })).rejects.toThrow(
      'app.register(sessionPlugin',
    );
  });

  it('refuses to start with a store that can never work', async () => {
    const store = new SqlSessionStore({ client: new Libsql(':memory:') });
    const app = fastify();
    await expect(
      Promise.resolve(app.register(sessionPlugin, { secret: SECRET, store })),
    ).rejects.toThrow('The tables of SqlSessionStore are not there');
    await app.close();
  });

  it('keeps attributes named like a method of its own sessions', async () => {
    const attributes = { get: 'tea', set: 1, options: { theme: 'dark' }, sessionId: 'mine' };
    const { browser } = await startFastify({}, (instance) => {
      instance.post('/', (request, reply) => {
        Object.assign(sessionOf(request), attributes);
        reply.send('well');
      });
      instance.get('/', (request, reply) => {
        const { cookie: _, ...rest } = sessionOf(request);
        reply.send(rest);
      });
    });
    const one = browser();
    await one.post('/');
    await one.get('/');
    expect((await one.get('/')).body).toEqual(attributes);
  });

  // Fastify's inject() requires the package cookie, an ES module, which Jest can do from Node 24.9 on.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const itWhereJestCan = major > 24 || (major === 24 && minor >= 9) ? it : it.skip;

  itWhereJestCan('works with inject(), which needs no server', async () => {
    const { app } = await startFastify({}, (instance) => {
      instance.get('/', (request, reply) => {
        sessionOf(request).count = 1;
        reply.send('well');
      });
    });
    const { statusCode, body, cookies: set } = await app.inject('/');
    expect([statusCode, body, set.map(({ name }) => name)]).toEqual([200, 'well', ['connect.sid']]);
  });

  it('works over HTTP/2', async () => {
    const app = fastify({ http2: true });
    await app.register(sessionPlugin, { secret: SECRET });
    app.get('/', (request, reply) => {
      sessionOf(request).count = 1;
      reply.send('well');
    });
    const client = connect(await app.listen({ port: 0, host: '127.0.0.1' }));
    try {
      const stream = client.request({ ':path': '/' });
      const [headers] = await once(stream, 'response');
      expect(headers).toMatchObject({
        ':status': 200,
        'set-cookie': [expect.stringMatching(/^connect/)],
      });
      expect(await text(stream)).toBe('well');
    } finally {
      client.destroy();
      await app.close();
    }
  });

  it('stores the changes of a request whose client went away', async () => {
    const store = new ScriptedStore();
    const { origin } = await startFastify({ store }, (instance) => {
      instance.get('/', (request) => {
        sessionOf(request).count = 1;
        leaving.destroy();
      });
    });
    const leaving = get(origin).on('error', () => undefined);
    await until(() => store.calls.includes('create'));
  });

  it('provides the session that users of @fastify/session know', async () => {
    const { browser } = await startFastify({}, (instance) => {
      instance.get('/', async (request, reply) => {
        const session = sessionOf(request);
        session.set('label', 'kept');
        session.set('count', 1);
        session.options({ maxAge: 60_000 });
        await session.save();
        const { sessionId } = session;
        await session.regenerate(['label']);
        const after = sessionOf(request);
        await after.save();
        return reply.send([
          after.get('label'),
          after.get('count') ?? null,
          after.sessionId !== sessionId,
          after.sessionId === after.id,
        ]);
      });
      instance.get('/end', async (request, reply) => {
        await sessionOf(request).destroy();
        return reply.send([Reflect.get(request, 'session') === undefined]);
      });
    });
    const one = browser();
    expect((await one.get('/')).body).toEqual(['kept', null, true, true]);
    expect(one.cookie()).toBeDefined();
    expect((await one.get('/end')).body).toEqual([true]);
    expect(one.cookie()).toBeUndefined();
  });
});
