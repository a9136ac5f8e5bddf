import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { SessionLimitException, SessionService } from 'nestjs-sesame';
import { SessionTesting } from 'nestjs-sesame/testing';
import request from 'supertest';
import { closeShops, seen, shopModule, startShop } from './shop-app.js';

let sessions: SessionTesting;
let app: INestApplication;

beforeEach(async () => {
  sessions = new SessionTesting();
  app = await startShop(sessions);
});
afterEach(closeShops);

describe('a user whom a test signs in', () => {
  it('is signed in, with the data that the test gave', async () => {
    const alice = await sessions.signIn('alice', { data: { items: ['tea'] } });
    const http = request(app.getHttpServer());
    await http
      .get('/me')
      .set(alice.headers)
      .expect({ user: 'alice', items: ['tea'] });
    await http.post('/items').set(alice.headers).send({ item: 'milk' }).expect(201);
    await http
      .get('/me')
      .set(alice.headers)
      .expect({ user: 'alice', items: ['tea', 'milk'] });
    await http.get('/me').expect(401);
  });

  it('is somebody else each time', async () => {
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((one) => sessions.signIn(one)));
    const me = (headers = {}) => request(app.getHttpServer()).get('/me').set(headers);
    await me(alice?.headers).expect({ user: 'alice', items: [] });
    await me(bob?.headers).expect({ user: 'bob', items: [] });
  });

  it('is listed with the device that the test gave, by the same handle', async () => {
    const phone = await sessions.signIn('alice', { userAgent: 'Phone/1', ip: '192.0.2.7' });
    const { body } = await request(app.getHttpServer()).get('/devices').set(phone.headers);
    expect(body).toMatchObject([
      { handle: phone.handle, userAgent: 'Phone/1', ip: '192.0.2.7', current: true },
    ]);
    await request(app.getHttpServer()).post('/items').set(phone.headers).send({ item: 'tea' });
    const [listed] = await app.get(SessionService).list('alice');
    expect(listed).toMatchObject({ userAgent: 'Phone/1', ip: '127.0.0.1' }); // of the last request
  });

  it('is followed by a client with a cookie jar when the session gets a new id', async () => {
    const alice = await sessions.signIn('alice', { authenticatedAgo: '20m' });
    const browser = request.agent(app.getHttpServer());
    browser.jar.setCookies(alice.setCookie);
    expect((await browser.post('/order').expect(401)).body.reason).toBe('stale');
    await browser.post('/confirm').expect(201);
    await browser.post('/order').expect(201);
    sessions.clock.advance('11s'); // the former id leads on for ten seconds
    expect(await seen(app, alice.headers)).toEqual([401, 'expired']);
  });

  it.each([
    ['now', undefined, 201],
    ['4 minutes ago', '4m', 201],
    ['20 minutes ago', '20m', 401],
  ] as const)('is as fresh as somebody who signed in %s', async (_when, ago, status) => {
    const alice = await sessions.signIn('alice', ago && { authenticatedAgo: ago });
    await request(app.getHttpServer()).post('/order').set(alice.headers).expect(status);
  });

  it('is remembered if the test asks for it', async () => {
    const alice = await sessions.signIn('alice', { remember: '30d' });
    sessions.clock.advance('29d');
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    sessions.clock.advance('1d');
    expect(await seen(app, alice.headers)).toEqual([401, 'expired']);
  });

  it.each([
    ['an empty user id', () => sessions.signIn(''), TypeError],
    [
      'a negative authenticatedAgo',
      () => sessions.signIn('a', { authenticatedAgo: -1 }),
      RangeError,
    ],
    ['a negative remember', () => sessions.signIn('a', { remember: -1 }), RangeError],
  ])('is refused with %s', async (_what, signIn, type) => {
    await expect(signIn()).rejects.toThrow(type);
    expect(sessions.events).toEqual([]);
  });
});

describe('a session that a test holds', () => {
  it('times out when the test moves the clock, and not before', async () => {
    const alice = await sessions.signIn('alice');
    sessions.clock.advance('29m');
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    sessions.clock.advance('29m');
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    sessions.clock.advance('30m');
    expect(await seen(app, alice.headers)).toEqual([401, 'expired']);
  });

  it('ends 12 hours after the sign-in, however much it is used', async () => {
    const alice = await sessions.signIn('alice', { authenticatedAgo: '11h' });
    sessions.clock.advance('29m');
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    sessions.clock.advance('29m');
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    sessions.clock.advance('2m');
    expect((await seen(app, alice.headers))[0]).toBe(401);
  });

  it('is revoked as in production', async () => {
    const [here, there] = [await sessions.signIn('alice'), await sessions.signIn('alice')];
    await app.get(SessionService).revoke('alice', there.handle);
    expect(await seen(app, there.headers)).toEqual([401, 'revoked']);
    expect(await seen(app, here.headers)).toEqual([200, undefined]);
  });

  it('tells what happened to it, in order', async () => {
    const { handle, headers } = await sessions.signIn('alice');
    await request(app.getHttpServer()).post('/confirm').set(headers).expect(201);
    await app.get(SessionService).revokeAll('alice');
    const happened = sessions.events.map(({ type, at }) => [type, at.getTime()]);
    const now = sessions.clock.now();
    expect(happened).toEqual([
      ['loggedIn', now],
      ['rotated', now],
      ['revoked', now],
    ]);
    expect(new Set(sessions.events.map((event) => event.handle))).toEqual(new Set([handle]));
  });
});

describe('the limit of the application', () => {
  it('evicts when the test signs somebody in', async () => {
    const evicting = new SessionTesting();
    const limit = { max: 2, onExceed: 'evict-oldest' } as const;
    const shop = await startShop(evicting, shopModule({ limit }));
    const first = await evicting.signIn('alice');
    evicting.clock.advance('1m');
    const others = [await evicting.signIn('alice'), await evicting.signIn('alice')];
    expect(await seen(shop, first.headers)).toEqual([401, 'evicted']);
    for (const { headers } of others) expect(await seen(shop, headers)).toEqual([200, undefined]);
  });

  it('refuses a sign-in by the test', async () => {
    const refusing = new SessionTesting();
    const limit = { max: 1, onExceed: 'reject' } as const;
    await startShop(refusing, shopModule({ limit }));
    await refusing.signIn('alice');
    await expect(refusing.signIn('alice')).rejects.toThrow(SessionLimitException);
  });
});
