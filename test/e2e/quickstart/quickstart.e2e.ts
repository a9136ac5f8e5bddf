import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Response } from 'supertest';
import { startQuickstart } from './start-quickstart.js';
import type { Quickstart } from './start-quickstart.js';

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };

let quickstart: Quickstart;

beforeAll(async () => {
  quickstart = await startQuickstart();
});
afterAll(() => quickstart.close());

function get(path: string, cookie = '') {
  return request(quickstart.url).get(path).set('Cookie', cookie);
}

function remove(path: string, cookie = '') {
  return request(quickstart.url).delete(path).set('Cookie', cookie);
}

function post(path: string, body: object = {}, cookie = '') {
  return request(quickstart.url).post(path).set('Cookie', cookie).send(body);
}

/** The session cookie that a response sets, as a browser would send it back. */
function cookieOf(response: Response): string {
  const [cookie] = response.get('Set-Cookie') ?? [];
  expect(cookie).toMatch(/^connect\.sid=s%3A/);
  return cookie?.split(';')[0] ?? '';
}

async function signIn(credentials: object = ADA): Promise<string> {
  return cookieOf(await post('/login', credentials).expect(200));
}

describe('a visitor', () => {
  it.each(['/me', '/devices'])('is told by %s that nobody is signed in', async (path) => {
    const { body } = await get(path).expect(401);
    expect(body).toMatchObject({ statusCode: 401, reason: 'anonymous' });
  });

  it('gets the page, which runs no script but its own', async () => {
    const { text, headers } = await get('/').expect(200).expect('Content-Type', /html/);
    expect(text).toContain('<title>Sesame quickstart</title>');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('has an empty cart, and no cookie for looking at it', async () => {
    const { body, headers } = await get('/cart').expect(200);
    expect(body).toEqual({ items: [] });
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('fills the cart without signing in', async () => {
    const cookie = cookieOf(await post('/cart', { item: '  Tahini ' }).expect(201));
    const { body } = await get('/cart', cookie);
    expect(body).toEqual({ items: ['Tahini'] });
  });

  it('keeps every item added at the same moment', async () => {
    const cookie = cookieOf(await post('/cart', { item: 'item 0' }));
    const names = Array.from({ length: 12 }, (_, index) => `item ${index + 1}`);
    await Promise.all(names.map((item) => post('/cart', { item }, cookie).expect(201)));
    const { body } = await get('/cart', cookie);
    expect(body.items.toSorted()).toEqual(['item 0', ...names].toSorted());
  });

  it.each([{}, { item: '' }, { item: '   ' }, { item: 7 }, { item: 'x'.repeat(81) }])(
    'cannot add %j',
    async (body) => {
      await post('/cart', body).expect(400);
    },
  );
});

describe('an item in the cart', () => {
  it('is taken out, and others of its name stay', async () => {
    const cookie = cookieOf(await post('/cart', { item: 'Tahini' }));
    for (const item of ['..', 'a/b', 'Tahini']) await post('/cart', { item }, cookie).expect(201);
    const { body } = await remove('/cart?item=Tahini', cookie).expect(200);
    expect(body).toEqual({ items: ['..', 'a/b', 'Tahini'] });
    await remove('/cart?item=..', cookie).expect(200);
    await remove('/cart?item=a%2Fb', cookie).expect(200);
    expect((await get('/cart', cookie)).body).toEqual({ items: ['Tahini'] });
  });

  it('may already have been taken out', async () => {
    const cookie = cookieOf(await post('/cart', { item: 'Tahini' }));
    const { body } = await remove('/cart?item=Halva', cookie).expect(200);
    expect(body).toEqual({ items: ['Tahini'] });
  });

  it('that does not exist creates no session when it is taken out', async () => {
    const { body, headers } = await remove('/cart?item=Halva').expect(200);
    expect(body).toEqual({ items: [] });
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('has to be named', async () => {
    await remove('/cart').expect(400);
  });
});

describe('signing in', () => {
  it.each([
    { ...ADA, password: 'hopper' },
    { ...ADA, username: 'Ada' },
    { username: 'nobody', password: 'lovelace' },
  ])('is refused to %j, without telling what was wrong', async (credentials) => {
    const { body, headers } = await post('/login', credentials).expect(401);
    expect(body.message).toBe('The user name or the password is wrong.');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    {},
    { username: 'ada' },
    { username: 'ada', password: '' },
    { username: ['ada'], password: 'lovelace' },
    { username: 'ada', password: 'x'.repeat(73) },
    { ...ADA, remember: 'yes' },
  ])('answers the malformed %j with 400', async (body) => {
    await post('/login', body).expect(400);
  });

  it('answers what is not JSON with 400', async () => {
    await post('/login').type('json').send('{"username": "ada"').expect(400);
  });

  it.each([ADA, GRACE])('works for $username', async (credentials) => {
    const cookie = await signIn(credentials);
    const { body } = await get('/me', cookie).expect(200);
    expect(body.username).toBe(credentials.username);
  });

  it('keeps the cart and changes the session id: the old cookie is worth nothing', async () => {
    const before = cookieOf(await post('/cart', { item: 'Tahini' }));
    const after = cookieOf(await post('/login', ADA, before).expect(200));
    expect(after).not.toBe(before);
    expect((await get('/cart', after)).body).toEqual({ items: ['Tahini'] });
    expect((await get('/cart', before)).body).toEqual({ items: [] });
    await get('/me', before).expect(401);
  });

  it("does not hand one user's cart to the next", async () => {
    const ada = await signIn(ADA);
    await post('/cart', { item: 'Tahini' }, ada).expect(201);
    const grace = cookieOf(await post('/login', GRACE, ada).expect(200));
    expect((await get('/cart', grace)).body).toEqual({ items: [] });
  });
});

describe('a signed-in user', () => {
  it('learns about the session, but never its id', async () => {
    const earliest = Date.now();
    const cookie = await signIn();
    const { body, text } = await get('/me', cookie).expect(200);
    const createdAt = Date.parse(body.session.createdAt);
    expect(createdAt).toBeGreaterThanOrEqual(earliest);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(body.session.expiresAt)).toBeGreaterThanOrEqual(earliest + 30 * 60_000);
    expect(Date.parse(body.session.endsAt) - createdAt).toBe(12 * 60 * 60_000);
    expect(body.session.idleTimeout).toBe(30 * 60_000);
    const id = decodeURIComponent(cookie).replace('connect.sid=s:', '').split('.')[0];
    expect(id).toMatch(/^[\w-]{22,}$/);
    expect(text).not.toContain(id);
  });

  it('is remembered for 30 days, active or not, if that was asked for', async () => {
    const response = await post('/login', { ...ADA, remember: true }).expect(200);
    const expires = /Expires=([^;]+)/.exec(response.get('Set-Cookie')?.[0] ?? '')?.[1] ?? '';
    const { session } = (await get('/me', cookieOf(response)).expect(200)).body;
    expect(session.idleTimeout).toBeNull();
    expect(session.endsAt).toBe(session.expiresAt);
    expect(Date.parse(session.endsAt) - Date.parse(session.createdAt)).toBe(30 * 86_400_000);
    expect(Math.abs(Date.parse(expires) - Date.parse(session.endsAt))).toBeLessThan(1_000);
  });

  it('signs out: the cookie is cleared, and a copy of it is worth nothing', async () => {
    const cookie = await signIn();
    await post('/cart', { item: 'Tahini' }, cookie).expect(201);
    const response = await post('/logout', {}, cookie).expect(204);
    const [cleared] = response.get('Set-Cookie') ?? [];
    expect(cleared).toMatch(/^connect\.sid=;.*Expires=Thu, 01 Jan 1970/);
    await get('/me', cookie).expect(401);
    expect((await get('/cart', cookie)).body).toEqual({ items: [] });
  });

  it('may sign out twice', async () => {
    const cookie = await signIn();
    await post('/logout', {}, cookie).expect(204);
    await post('/logout', {}, cookie).expect(204);
  });
});

describe('SESSION_DB', () => {
  it('keeps sessions in a file, across a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sesame-quickstart-'));
    const told = { SESSION_DB: join(folder, 'sessions.db'), SESSION_SECRET: 'x'.repeat(32) };
    try {
      const before = await startQuickstart(told);
      const cookie = cookieOf(await request(before.url).post('/login').send(ADA).expect(200));
      await before.close();
      const after = await startQuickstart(told);
      const { body } = await request(after.url).get('/me').set('Cookie', cookie).expect(200);
      expect(body).toMatchObject({ username: 'ada' });
      await after.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
