import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Post } from '@nestjs/common';
import express from 'express';
import type { Express } from 'express';
import session from 'express-session';
import type { CookieOptions } from 'express-session';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeServers, listen } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';

afterEach(closeApps);
afterEach(closeServers);

const DAY = 24 * 3_600_000;

@Controller()
class SharedController {
  constructor(private readonly sessions: SessionService) {}

  @Post('view')
  view(@Session() session: Session): number {
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }

  @Get('look')
  look(@Session() session: Session): object {
    const { count, label, items, cookie } = session;
    return { count, label, items, maxAge: cookie.originalMaxAge };
  }

  @Post('label/:label')
  label(@Session() session: Session, @Param('label') label: string): void {
    session.label = label;
    session.items = [label];
  }

  @Post('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }

  @Post('end')
  async end(): Promise<void> {
    await this.sessions.logout();
  }
}

/** The same routes on Express with plain express-session. */
function plainExpress(store: session.Store, cookie: CookieOptions): Express {
  const app = express();
  app.use(session({ secret: SECRET, store, resave: false, saveUninitialized: false, cookie }));
  app.post('/view', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1;
    response.json(request.session.count);
  });
  app.get('/look', (request, response) => {
    const { count, label, items, cookie: sent } = request.session;
    response.json({ count, label, items, maxAge: sent.originalMaxAge });
  });
  app.post('/label/:label', (request, response) => {
    request.session.label = request.params.label;
    request.session.items = [request.params.label];
    response.status(201).end();
  });
  app.post('/end', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.end()));
  });
  return app;
}

interface Pair {
  readonly store: session.MemoryStore;
  /** A browser of the application with Sesame. */
  readonly sesame: Browser;
  /** A browser of the one with express-session. */
  readonly plain: Browser;
}

/** Two applications on one store, with one secret. */
async function start(
  options: Partial<SessionModuleOptions> = {},
  cookie: CookieOptions = {},
): Promise<Pair> {
  const store = new session.MemoryStore();
  const own = { store, hashIds: false, ...options };
  const app = await startApp(own, { controllers: [SharedController] });
  const server = await listen(plainExpress(store, cookie));
  return { store, sesame: app.browser(), plain: server.browser() };
}

/** The browser `to`, with the cookie that `from` has. */
function taking(from: Browser, to: Browser): Browser {
  return new Browser(to.origin, new Map([['connect.sid', from.cookie() ?? '']]));
}

const stored = (store: session.MemoryStore): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    store.all((error, sessions) => {
      if (error) reject(error);
      else resolve(Object.values(sessions ?? {}));
    });
  });

describe('beside plain express-session on one store', () => {
  it('a session that Sesame started continues there, and back here again', async () => {
    const { sesame, plain } = await start();
    await sesame.post('/view');
    await sesame.post('/label/tea');
    const there = taking(sesame, plain);
    expect((await there.get('/look')).body).toMatchObject({
      count: 1,
      label: 'tea',
      items: ['tea'],
      maxAge: null,
    });
    expect((await there.post('/view')).body).toBe(2);
    expect(there.cookie()).toBe(sesame.cookie());
    expect((await sesame.post('/view')).body).toBe(3);
    expect((await there.post('/view')).body).toBe(4);
    expect((await sesame.get('/look')).body).toMatchObject({ count: 4, label: 'tea' });
  });

  it('a session that express-session started continues here, and back there again', async () => {
    const { store, sesame, plain } = await start();
    await plain.post('/view');
    await plain.post('/label/tea');
    const here = taking(plain, sesame);
    expect((await here.get('/look')).body).toMatchObject({
      count: 1,
      label: 'tea',
      items: ['tea'],
      maxAge: null,
    });
    const { body, setCookies } = await here.post('/view');
    expect(body).toBe(2);
    expect(setCookies).toEqual([]);
    expect((await plain.post('/view')).body).toBe(3);
    expect((await here.post('/view')).body).toBe(4);
    expect((await plain.get('/look')).body).toMatchObject({ count: 4, items: ['tea'] });
    expect(await stored(store)).toHaveLength(1);
  });

  it('a session signed in here keeps its user when it is written there', async () => {
    const { sesame, plain } = await start();
    await sesame.post('/view');
    const old = sesame.copy();
    await sesame.post('/login');
    const there = taking(sesame, plain);
    expect((await there.post('/view')).body).toBe(2);
    expect((await taking(old, plain).get('/look')).body).not.toHaveProperty('count');
    expect((await sesame.post('/view')).body).toBe(3);
  });

  it('a session that is ended on one side is ended on the other', async () => {
    const { store, sesame, plain } = await start();
    await sesame.post('/view');
    const there = taking(sesame, plain);
    await there.post('/end');
    expect((await sesame.get('/look')).body).not.toHaveProperty('count');
    await plain.post('/view');
    await taking(plain, sesame).post('/end');
    expect((await plain.get('/look')).body).not.toHaveProperty('count');
    expect(await stored(store)).toEqual([]);
  });

  it('a persistent cookie set by Sesame is persistent there', async () => {
    const cookie = { maxAge: 7 * DAY };
    const { store, sesame, plain } = await start({ cookie }, cookie);
    await sesame.post('/view');
    expect(await stored(store)).toEqual([
      expect.objectContaining({
        cookie: expect.objectContaining({ originalMaxAge: expect.closeTo(7 * DAY, -2) }),
      }),
    ]);
    const there = taking(sesame, plain);
    expect((await there.get('/look')).body).toMatchObject({
      count: 1,
      maxAge: expect.closeTo(7 * DAY, -2),
    });
    const { setCookies } = await there.post('/view');
    expect(lifetimeOf(setCookies)).toBeCloseTo(7, 1);
    expect((await sesame.get('/look')).body).toMatchObject({
      count: 2,
      maxAge: expect.closeTo(7 * DAY, -2),
    });
  });

  it('a persistent cookie set by express-session is persistent here, and keeps its lifetime', async () => {
    const { store, sesame, plain } = await start({}, { maxAge: 3 * DAY });
    await plain.post('/view');
    const here = taking(plain, sesame);
    // When the clock ticks meanwhile, express-session itself writes a millisecond less.
    const maxAge = expect.closeTo(3 * DAY, -2);
    expect((await here.get('/look')).body).toMatchObject({ count: 1, maxAge });
    const { body, setCookies } = await here.post('/view');
    expect(body).toBe(2);
    expect(lifetimeOf(setCookies)).toBeCloseTo(3, 1);
    const [record] = await stored(store);
    const { expires, originalMaxAge } = Reflect.get(Object(record), 'cookie');
    expect(originalMaxAge).toEqual(maxAge);
    expect((new Date(expires).getTime() - Date.now()) / DAY).toBeCloseTo(3, 1);
    expect((await plain.get('/look')).body).toMatchObject({ count: 2, maxAge });
  });

  it('no session is found with hashed ids, which are the default, or with another secret', async () => {
    const { plain, sesame } = await start({ hashIds: true });
    await plain.post('/view');
    expect((await taking(plain, sesame).get('/look')).body).not.toHaveProperty('count');
    const other = await start({ secret: 'another secret, for the tests of this library alone' });
    await other.plain.post('/view');
    expect((await taking(other.plain, other.sesame).get('/look')).body).not.toHaveProperty('count');
  });
});

/** In days. */
function lifetimeOf(setCookies: readonly string[]): number {
  expect(setCookies).toHaveLength(1);
  const expires = /expires=([^;]+)/i.exec(setCookies[0] ?? '')?.[1] ?? '';
  return (new Date(expires).getTime() - Date.now()) / DAY;
}
