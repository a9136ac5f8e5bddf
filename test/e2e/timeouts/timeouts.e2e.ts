import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Bench {
  readonly browser: Browser;
  readonly store: ScriptedStore;
  now(): number;
  pass(milliseconds: number): void;
  /** True if the browser is recognised. */
  visit(): Promise<boolean>;
}

/** A server whose clock stands still until the test moves it. */
async function bench(options: Partial<SessionOptions>): Promise<Bench> {
  let now = Date.now();
  const clock = (): number => now;
  const store = new ScriptedStore(new MemorySessionStore({ clock }));
  const server = await startServer({ ...options, store, clock }, async (request, response) => {
    const { session } = request;
    if (request.url === '/save') {
      session['saved'] = true;
      await session.save();
    }
    if (request.url === '/begin') session['known'] = true;
    if (request.url === '/write') session['written'] = now;
    if (request.url === '/week') session.cookie.maxAge = 7 * DAY;
    if (request.url === '/month') session.cookie.maxAge = 30 * DAY;
    response.end(JSON.stringify({ known: session['known'] === true }));
  });
  const browser = new Browser(server.origin, undefined, clock);
  await browser.get('/begin');
  return {
    browser,
    store,
    now: clock,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    visit: async () => (await browser.get('/')).text.includes('true'),
  };
}

describe('idleTimeout', () => {
  it('ends a session that was not used for so long', async () => {
    const { pass, visit } = await bench({ idleTimeout: '10m' });
    pass(10 * MINUTE - 1);
    expect(await visit()).toBe(true);
    pass(10 * MINUTE);
    expect(await visit()).toBe(false);
  });

  it('starts again with every use that is a touch interval after the last', async () => {
    const { pass, visit } = await bench({ idleTimeout: '10m', absoluteTimeout: null });
    for (let round = 0; round < 30; round += 1) {
      pass(9 * MINUTE);
      expect(await visit()).toBe(true);
    }
  });

  it('starts again with every request when touchInterval is 0, with one write for each', async () => {
    const { browser, pass, visit, store } = await bench({ touchInterval: 0 });
    for (let round = 1; round <= 5; round += 1) {
      pass(1);
      expect(await visit()).toBe(true);
      expect(store.countOf('replace')).toBe(round);
    }
    store.calls.length = 0;
    await browser.get('/write');
    expect(store.countOf('replace')).toBe(1);
    await browser.get('/save');
    expect(store.countOf('replace')).toBe(2);
    pass(30 * MINUTE - 1);
    expect(await visit()).toBe(true);
  });

  it('applies even when it is shorter than the touch interval', async () => {
    const { pass, visit } = await bench({ idleTimeout: '10s', touchInterval: '1m' });
    for (let round = 0; round < 10; round += 1) {
      pass(6 * SECOND);
      expect(await visit()).toBe(true);
    }
  });

  it('defaults to cookie.maxAge, and absoluteTimeout makes room', async () => {
    const { pass, visit } = await bench({ cookie: { maxAge: '7d' } });
    pass(6 * DAY);
    expect(await visit()).toBe(true);
    pass(7 * DAY);
    expect(await visit()).toBe(false);
  });

  it("follows the session's own cookie.maxAge, as express-session's users set it", async () => {
    const { browser, pass, visit } = await bench({});
    const { setCookies } = await browser.get('/month');
    expect(setCookies[0]).toContain('Expires=');
    pass(29 * DAY);
    expect(await visit()).toBe(true);
    pass(30 * DAY);
    expect(await visit()).toBe(false);
  });

  it('wins over cookie.maxAge when it was set', async () => {
    const { browser, pass, visit } = await bench({ idleTimeout: '10m' });
    await browser.get('/month');
    pass(11 * MINUTE);
    expect(await visit()).toBe(false);
  });
});

describe('absoluteTimeout', () => {
  it('ends a session however much it is used', async () => {
    const { pass, visit } = await bench({ idleTimeout: '30m', absoluteTimeout: '1h' });
    pass(20 * MINUTE);
    expect(await visit()).toBe(true);
    pass(20 * MINUTE);
    expect(await visit()).toBe(true);
    pass(20 * MINUTE);
    expect(await visit()).toBe(false);
  });

  it('can be turned off', async () => {
    const { pass, visit } = await bench({ absoluteTimeout: null });
    for (let hours = 0; hours < 48; hours += 0.25) {
      pass(HOUR / 4);
      expect(await visit()).toBe(true);
    }
  });
});

describe('touchInterval', () => {
  it('limits how often an unchanged session is written', async () => {
    const { store, pass, visit } = await bench({ touchInterval: '1m' });
    for (let seconds = 0; seconds < 300; seconds += 10) {
      pass(10 * SECOND);
      await visit();
    }
    expect(store.countOf('replace')).toBe(5);
  });

  it('does not turn a good response into an error when the touch fails', async () => {
    const { browser, store, pass } = await bench({});
    pass(2 * MINUTE);
    store.break('replace');
    expect((await browser.get('/')).status).toBe(200);
  });
});

describe('the cookie', () => {
  it('is sent once for a session that ends with the browser', async () => {
    const { browser, pass } = await bench({});
    pass(5 * MINUTE);
    expect((await browser.get('/write')).setCookies).toEqual([]);
    expect((await browser.get('/')).setCookies).toEqual([]);
  });

  it('is sent again with every write when it is persistent', async () => {
    const { browser } = await bench({ cookie: { maxAge: '1h' } });
    expect((await browser.get('/')).setCookies).toEqual([]);
    expect((await browser.get('/write')).setCookies).toHaveLength(1);
  });

  it.each([{}, { rolling: true }])(
    'is sent again with every touch when it is persistent, %j',
    async (options) => {
      const { browser, pass, now } = await bench({ ...options, cookie: { maxAge: '1h' } });
      expect((await browser.get('/')).setCookies).toEqual([]);
      pass(2 * MINUTE);
      const [cookie] = (await browser.get('/')).setCookies;
      expect(cookie).toContain(`Expires=${new Date(now() + HOUR).toUTCString()}`);
      expect(cookie).toContain('Max-Age=3600');
      expect((await browser.get('/')).setCookies).toEqual([]);
    },
  );

  it('is sent again with every touch when rolling, also if it ends with the browser', async () => {
    const { browser, pass } = await bench({ rolling: true });
    pass(2 * MINUTE);
    expect((await browser.get('/')).setCookies).toHaveLength(1);
  });

  it.each<[string, Partial<SessionOptions>, string | undefined]>([
    ['the configured age', { cookie: { maxAge: '7d' } }, undefined],
    [
      'an idle timeout that is longer',
      { cookie: { maxAge: '7d' }, idleTimeout: '30d', absoluteTimeout: null, touchInterval: '10d' },
      undefined,
    ],
    ['the age from a function', { cookie: () => ({ maxAge: '7d' }) }, undefined],
    ['an age that the application gave it', { absoluteTimeout: null }, '/week'],
  ])(
    'outlives its Max-Age in a browser that is used every day: %s',
    async (_which, options, path) => {
      const { browser, pass, visit } = await bench(options);
      if (path !== undefined) await browser.get(path);
      for (let day = 0; day < 30; day += 1) {
        pass(DAY);
        expect(await visit()).toBe(true);
      }
      pass(31 * DAY);
      expect(await visit()).toBe(false);
      expect(browser.cookie()).toBeUndefined();
    },
  );

  it('can outlive its session, so that the next visitor can be told why it ended', async () => {
    const { browser, pass, visit } = await bench({
      cookie: { maxAge: '7d' },
      idleTimeout: '2d',
      absoluteTimeout: '2d',
    });
    pass(DAY);
    expect(await visit()).toBe(true);
    pass(2 * DAY);
    expect(await visit()).toBe(false);
    expect(browser.cookie()).toBeDefined();
  });

  it.each([-2, 2])(
    'lasts as long as it should on a server whose clock is off by %i hours',
    async (hours) => {
      const real = Date.now();
      const clock = (): number => real + hours * HOUR;
      let browserTime = real;
      const { origin } = await startServer(
        { clock, store: new MemorySessionStore({ clock }), cookie: { maxAge: '1h' } },
        ({ session, url }, response) => {
          if (url === '/begin') session['known'] = true;
          if (url === '/end') session.destroy(() => response.end());
          else response.end(String(session['known']));
        },
      );
      const browser = new Browser(origin, undefined, () => browserTime);
      await browser.get('/begin');
      expect((await browser.get('/')).text).toBe('true');
      browserTime += HOUR - SECOND;
      expect(browser.cookie()).toBeDefined();
      browserTime += SECOND;
      expect(browser.cookie()).toBeUndefined();
      await browser.get('/begin');
      await browser.get('/end');
      expect(browser.cookie()).toBeUndefined();
    },
  );
});
