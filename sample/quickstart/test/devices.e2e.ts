import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SessionTesting } from 'nestjs-sesame/testing';
import type { SignInOptions } from 'nestjs-sesame/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const PASSWORD = { password: 'lovelace' };

const sessions = new SessionTesting();
let app: INestApplication;

beforeAll(async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  app = (await sessions.override(builder).compile()).createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
});
beforeEach(() => sessions.reset());
afterAll(() => app.close());

/** A browser of its own, in which the user is signed in. */
async function browserOf(user: string, options: SignInOptions = {}) {
  const { handle, setCookie, headers } = await sessions.signIn(user, options);
  const browser = request.agent(app.getHttpServer()).set('User-Agent', headers['User-Agent'] ?? '');
  browser.jar.setCookies(setCookie);
  return { browser, handle };
}

type Browser = Awaited<ReturnType<typeof browserOf>>['browser'];

/** How the user's devices are called, in the order of the list. */
async function devicesOf(browser: Browser): Promise<string[]> {
  const { body } = await browser.get('/devices').expect(200);
  return body.map((device: { browser: string | null }) => device.browser);
}

async function reasonFor(response: PromiseLike<request.Response>): Promise<unknown> {
  const { status, body } = await response;
  expect(status).toBe(401);
  return body.reason;
}

describe('the devices of a user', () => {
  it.each([
    [FIREFOX, 'Firefox 140', 'Windows'],
    [SAFARI, 'Safari 18', 'iOS'],
    ['Lynx/2.9', null, null],
  ])('are listed by what they call themselves: %j', async (userAgent, name, system) => {
    const { browser, handle } = await browserOf('ada', { userAgent });
    const { body } = await browser.get('/devices').expect(200);
    const now = new Date(sessions.clock.now());
    expect(body).toEqual([
      {
        handle,
        current: true,
        browser: name,
        system,
        ip: '127.0.0.1',
        createdAt: now.toISOString(),
        seenAt: now.toISOString(),
        expiresAt: new Date(now.getTime() + 30 * 60_000).toISOString(),
      },
    ]);
  });

  it('end one another: that one is told so, and the others go on', async () => {
    const firefox = await browserOf('ada', { userAgent: FIREFOX });
    const safari = await browserOf('ada', { userAgent: SAFARI });
    await firefox.browser.delete(`/devices/${safari.handle}`).expect(204);
    expect(await reasonFor(safari.browser.get('/me'))).toBe('revoked');
    expect(await devicesOf(firefox.browser)).toEqual(['Firefox 140']);
    await firefox.browser.delete(`/devices/${safari.handle}`).expect(404);
  });

  it("leave another user's alone", async () => {
    const [ada, grace] = [await browserOf('ada'), await browserOf('grace')];
    await ada.browser.delete(`/devices/${grace.handle}`).expect(404);
    await grace.browser.get('/me').expect(200);
  });

  it('cannot be ended by somebody who is not signed in', async () => {
    const { browser, handle } = await browserOf('ada');
    const nobody = request(app.getHttpServer());
    await nobody.delete(`/devices/${handle}`).expect(401);
    await nobody.delete('/devices').expect(401);
    await nobody.post('/confirm').send(PASSWORD).expect(401);
    expect(await devicesOf(browser)).toHaveLength(1);
  });

  it('can all be ended but this one', async () => {
    const { browser } = await browserOf('ada', { userAgent: FIREFOX });
    const others = [await browserOf('ada'), await browserOf('ada')];
    await browser.delete('/devices').expect(200, { ended: 2 });
    for (const other of others) expect(await reasonFor(other.browser.get('/me'))).toBe('revoked');
    expect(await devicesOf(browser)).toEqual(['Firefox 140']);
    await browser.delete('/devices').expect(200, { ended: 0 });
  });

  it('are only ended together soon after a password was given', async () => {
    const { browser, handle } = await browserOf('ada', { authenticatedAgo: '6m' });
    await browserOf('ada');
    expect(await reasonFor(browser.delete('/devices'))).toBe('stale');
    expect(await reasonFor(browser.post('/confirm').send({ password: 'guess' }))).toBeUndefined();
    expect(await reasonFor(browser.delete('/devices'))).toBe('stale');
    await browser.post('/confirm').send(PASSWORD).expect(204);
    await browser.delete('/devices').expect(200, { ended: 1 });
    expect((await browser.get('/devices')).body).toMatchObject([{ handle, current: true }]);
  });

  it('keep the cart through a confirmation', async () => {
    const { browser } = await browserOf('ada', { data: { cart: ['Tahini'] } });
    await browser.post('/confirm').send(PASSWORD).expect(204);
    await browser.get('/cart').expect(200, { items: ['Tahini'] });
  });

  it('are forgotten after half an hour without use', async () => {
    const { browser } = await browserOf('ada');
    sessions.clock.advance('30m');
    expect(await reasonFor(browser.get('/me'))).toBe('expired');
    expect(await devicesOf((await browserOf('ada')).browser)).toHaveLength(1);
  });

  it('are not told that nobody is signed in when the store is down', async () => {
    const { browser } = await browserOf('ada');
    sessions.store.fail();
    await browser.get('/me').expect(503);
    sessions.store.recover();
    await browser.get('/me').expect(200);
  });
});
