import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InvalidSessionOptionsException,
  MemorySessionStore,
  SealedCookieStore,
  SessionModule,
} from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { SessionTesting } from 'nestjs-sesame/testing';
import { freePort } from '../../support/servers/free-port.js';
import { closeShops, seen, ShopController, shopModule, startShop } from './shop-app.js';

afterEach(closeShops);

const OK = [200, undefined];

class Environment {
  readonly secret = process.env['NO_SUCH_SECRET'];
  createSessionOptions(): SessionModuleOptions {
    return { secret: this.secret, name: 'shop.sid' };
  }
}

@Module({ providers: [Environment], exports: [Environment] })
class EnvironmentModule {}

const imports = [EnvironmentModule];

describe('the options of an application under test', () => {
  it.each([
    ['forRoot', () => SessionModule.forRoot({ secret: '', name: 'shop.sid' })],
    [
      'a factory',
      () =>
        SessionModule.forRootAsync({
          imports,
          inject: [Environment],
          useFactory: async ({ secret }: Environment) => ({ secret, name: 'shop.sid' }),
        }),
    ],
    ['a class', () => SessionModule.forRootAsync({ useClass: Environment })],
    [
      'a class that is there',
      () => SessionModule.forRootAsync({ imports, useExisting: Environment }),
    ],
  ])('come from %s as usual; a missing secret is made up', async (_whence, module) => {
    const sessions = new SessionTesting();
    const app = await startShop(sessions, { imports: [module()], controllers: [ShopController] });
    const alice = await sessions.signIn('alice');
    expect(alice.setCookie).toMatch(/^shop\.sid=s%3A/);
    expect(await seen(app, alice.headers)).toEqual(OK);
  });

  it('are those of the test where the test sets them', async () => {
    const sessions = new SessionTesting({ idleTimeout: '5m', name: 'test.sid' });
    const app = await startShop(sessions, shopModule({ idleTimeout: '1h', name: 'shop.sid' }));
    const alice = await sessions.signIn('alice');
    expect(alice.setCookie).toMatch(/^test\.sid=/);
    sessions.clock.advance('5m');
    expect(await seen(app, alice.headers)).toEqual([401, 'expired']);
  });

  it('still have to be valid, including those of the test', async () => {
    const wrong = new SessionTesting({ idleTimeout: -1 });
    await expect(startShop(wrong)).rejects.toThrow(/idleTimeout/);
    const plain = { imports: [SessionModule] };
    await expect(startShop(new SessionTesting(), plain)).rejects.toThrow(
      InvalidSessionOptionsException,
    );
  });

  it("sign the cookie with the application's secret", async () => {
    const [sessions, others] = [new SessionTesting(), new SessionTesting()];
    const app = await startShop(sessions, shopModule({ secret: 'y'.repeat(32) }));
    await startShop(others, shopModule({ secret: 'z'.repeat(32) }));
    await sessions.signIn('alice');
    const { headers } = await others.signIn('alice');
    expect(await seen(app, headers)).toEqual([401, 'anonymous']);
    expect(sessions.events.at(-1)).toMatchObject({ type: 'rejected' });
  });

  it.each([
    ['a __Host- name', { name: '__Host-sid', cookie: { secure: true } }],
    ['a cookie function', { cookie: () => ({ secure: true, sameSite: 'none' as const }) }],
  ])('can keep the cookie from plain HTTP: %s', async (_what, options) => {
    const sessions = new SessionTesting();
    const app = await startShop(sessions, shopModule(options));
    const alice = await sessions.signIn('alice');
    expect(alice.setCookie).toContain('; Secure');
    expect(await seen(app, alice.headers)).toEqual(OK);
  });
});

describe('the store of an application under test', () => {
  it('is closed and replaced: no Redis has to be there', async () => {
    const store = new RedisSessionStore({ url: `redis://127.0.0.1:${await freePort()}` });
    const close = jest.spyOn(store, 'close');
    const sessions = new SessionTesting();
    const app = await startShop(sessions, shopModule({ store }));
    const alice = await sessions.signIn('alice');
    expect(await seen(app, alice.headers)).toEqual(OK);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('can fail to close', async () => {
    const store = new MemorySessionStore();
    const close = jest.spyOn(store, 'close').mockRejectedValue(new Error('it is not open'));
    const sessions = new SessionTesting();
    await startShop(sessions, shopModule({ store }));
    expect(close).toHaveBeenCalledTimes(1);
    await expect(sessions.signIn('alice')).resolves.toMatchObject({ userId: 'alice' });
  });

  it('is still the cookie if that is sealed', async () => {
    const sessions = new SessionTesting();
    const store = new SealedCookieStore({ keys: ['k'.repeat(32)] });
    const app = await startShop(sessions, shopModule({ store }));
    const alice = await sessions.signIn('alice', { data: { items: ['tea'] } });
    expect(alice.headers['Cookie']).toMatch(/^connect\.sid=ey/); // a JWE
    expect(await seen(app, alice.headers)).toEqual(OK);
    expect(await seen(app, alice.headers, '/devices')).toEqual([501, undefined]);
    sessions.clock.advance('30m');
    expect(await seen(app, alice.headers)).toEqual([401, 'expired']);
  });
});

describe('several session modules', () => {
  const ofKind = (name: string) =>
    SessionModule.forRoot({ secret: 'x'.repeat(32), name, isGlobal: false, forRoutes: [name] });

  it('are told apart by the names of their cookies', async () => {
    const sessions = new SessionTesting();
    await startShop(sessions, { imports: [ofKind('shop'), ofKind('admin')] });
    await expect(sessions.signIn('alice')).rejects.toThrow(/one of shop, admin/);
    await expect(sessions.signIn('alice', { cookieName: 'x' })).rejects.toThrow(/shop, admin/);
    const alice = await sessions.signIn('alice', { cookieName: 'admin' });
    expect(alice.setCookie).toMatch(/^admin=/);
  });
});

describe('the kit', () => {
  it('says what to do before there is an application', async () => {
    const sessions = new SessionTesting();
    sessions.override(Test.createTestingModule(shopModule()));
    await expect(sessions.signIn('alice')).rejects.toThrow(/compile what sessions\.override/);
  });

  it('causes no warning at boot, whatever NODE_ENV says', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn() };
    try {
      const sessions = new SessionTesting();
      const { imports } = shopModule({ secret: undefined });
      const builder = Test.createTestingModule({ imports: imports ?? [] }).setLogger(logger);
      const module = await sessions.override(builder).compile();
      await module.init();
      await module.close();
    } finally {
      process.env['NODE_ENV'] = before;
    }
    expect(logger.warn.mock.calls.concat(logger.error.mock.calls)).toEqual([]);
  });

  it('signs in to the most recently compiled application', async () => {
    const sessions = new SessionTesting();
    const [first, last] = [await startShop(sessions), await startShop(sessions)];
    const { headers } = await sessions.signIn('alice');
    expect(await seen(first, headers)).toEqual([401, 'expired']);
    expect(await seen(last, headers)).toEqual(OK);
  });

  it("gives the application's functions a request", async () => {
    const genid = ({ method, headers }: IncomingMessage) =>
      `${method} ${headers['user-agent']} made up`;
    const sessions = new SessionTesting();
    const app = await startShop(sessions, shopModule({ genid }));
    const alice = await sessions.signIn('alice', { userAgent: 'Phone/1' });
    expect(alice.setCookie).toMatch(/^connect\.sid=s%3APOST%20Phone%2F1%20made%20up/);
    expect(await seen(app, alice.headers)).toEqual(OK);
  });

  it('forgets everything between tests that share an application', async () => {
    const sessions = new SessionTesting();
    const app = await startShop(sessions, shopModule({ limit: { max: 1, onExceed: 'reject' } }));
    const start = sessions.clock.now();
    const before = await sessions.signIn('alice');
    sessions.clock.advance('1m');
    sessions.store.fail();
    await sessions.reset();
    expect([sessions.events, sessions.clock.now()]).toEqual([[], start]);
    expect(await seen(app, before.headers)).toEqual([401, 'expired']);
    const alice = await sessions.signIn('alice');
    expect(await seen(app, alice.headers)).toEqual(OK);
  });
});
