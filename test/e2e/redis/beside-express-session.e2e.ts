import '../../support/session-data.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import type { CookieOptions } from 'express-session';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeServers, listen, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';

const DAY = 86_400_000;

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(async () => {
  await closeServers();
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

/** An application on Sesame, and one on plain express-session and connect-redis, on one Redis. */
async function start(cookie: CookieOptions = {}): Promise<{ sesame: Browser; plain: Browser }> {
  const store = new RedisSessionStore({ client });
  const own = {
    store,
    hashIds: false,
    ...(cookie.maxAge && { cookie: { maxAge: cookie.maxAge } }),
  };
  const sesame = await startServer(own, (request, response) => {
    if (request.url === '/end') request.session.destroy(() => response.end());
    else response.end(JSON.stringify(served(request)));
  });
  const app = express();
  const resave = { resave: false, saveUninitialized: false };
  app.use(session({ secret: SECRET, store: new RedisStore({ client }), cookie, ...resave }));
  app.get('/end', (request, response) => request.session.destroy(() => response.end()));
  app.get('/{*path}', (request, response) => {
    response.json(served(request));
  });
  return { sesame: sesame.browser(), plain: (await listen(app)).browser() };
}

/** Counts the visit at `/view`, and shows what the session holds. */
function served(request: Pick<SessionRequest, 'session' | 'url'> | express.Request): object {
  const { session: own, url } = request;
  if (url === '/view') {
    own.count = (own.count ?? 0) + 1;
    own.label = 'tea';
  }
  if (url === '/drop') delete own.label;
  const { count, label, cookie } = own;
  return { count, label, maxAge: cookie.originalMaxAge };
}

/** The browser `to`, with the cookie that `from` has. */
function taking(from: Browser, to: Browser): Browser {
  return new Browser(to.origin, new Map([['connect.sid', from.cookie() ?? '']]));
}

describe.each([
  ['that Sesame began', 'sesame', 'plain'],
  ['that express-session and connect-redis began', 'plain', 'sesame'],
] as const)('one Redis: a session %s', (_who, first, second) => {
  it('is read and changed on both sides', async () => {
    const browsers = await start();
    const here = browsers[first];
    await here.get('/view');
    const there = taking(here, browsers[second]);
    const seen = await there.get('/look');
    expect(seen.body).toEqual({ count: 1, label: 'tea', maxAge: null });
    expect(seen.setCookies).toEqual([]);
    expect((await there.get('/view')).body).toMatchObject({ count: 2 });
    expect((await here.get('/view')).body).toMatchObject({ count: 3 });
    await there.get('/drop');
    expect((await here.get('/look')).body).toEqual({ count: 3, maxAge: null });
    expect((await there.get('/view')).body).toMatchObject({ count: 4 });
    expect(await client.keys('*')).toEqual([expect.stringMatching(/^sess:[\w-]{32}$/)]);
  });

  it.each(['first', 'second'])('is ended on both sides by the %s', async (which) => {
    const browsers = await start();
    const here = browsers[first];
    await here.get('/view');
    const there = taking(here, browsers[second]);
    const late = here.copy();
    await (which === 'first' ? here : there).get('/end');
    expect(await client.keys('*')).toEqual([]);
    expect((await late.get('/look')).body).not.toHaveProperty('count');
    expect((await there.get('/look')).body).not.toHaveProperty('count');
  });

  it('keeps its persistent cookie', async () => {
    const browsers = await start({ maxAge: 3 * DAY });
    const here = browsers[first];
    const { setCookies } = await here.get('/view');
    expect(setCookies[0]).toMatch(/expires=/i);
    const there = taking(here, browsers[second]);
    expect((await there.get('/view')).body).toEqual({
      count: 2,
      label: 'tea',
      maxAge: expect.closeTo(3 * DAY, -2),
    });
    expect((await here.get('/view')).body).toEqual({
      count: 3,
      label: 'tea',
      maxAge: expect.closeTo(3 * DAY, -2),
    });
    const [key = ''] = await client.keys('*');
    expect((await client.pttl(key)) / DAY).toBeCloseTo(3, 1);
  });
});
