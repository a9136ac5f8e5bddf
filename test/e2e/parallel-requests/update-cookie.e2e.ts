import '../../support/session-data.js';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore, Session, SessionService } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';

const HOUR = 3_600_000;

/** What the functions given to update() do to the cookie. */
@Controller()
class CookieController {
  constructor(private readonly sessions: SessionService) {}

  @Get('login')
  async login(@Session() session: Session): Promise<void> {
    session.count = 0;
    await this.sessions.login('ada');
  }

  @Get('see')
  see(@Session() { count, label, cookie }: Session): object {
    return { count, label, maxAge: cookie.originalMaxAge };
  }

  @Get('count')
  async count(@Session() session: Session): Promise<object> {
    await this.sessions.update((current) => {
      current.count = (current.count ?? 0) + 1;
    });
    return this.see(session);
  }

  @Get('remember')
  async remember(@Session() session: Session): Promise<object> {
    await this.sessions.update((current) => {
      current.count = (current.count ?? 0) + 1;
      current.cookie.maxAge = HOUR;
    });
    return this.see(session);
  }

  @Get('remember-first')
  async rememberFirst(@Session() session: Session): Promise<object> {
    await this.sessions.update((current) => {
      current.count = (current.count ?? 0) + 1;
      if (current.count === 1) current.cookie.maxAge = HOUR;
    });
    return this.see(session);
  }

  @Get('throw')
  async throw(@Session() session: Session): Promise<object> {
    const updated = this.sessions.update((current) => {
      current.cookie.maxAge = HOUR;
      throw new Error('half way');
    });
    await updated.catch(() => undefined);
    return this.see(session);
  }

  @Get('unsendable')
  async unsendable(@Session() session: Session): Promise<object> {
    const updated = this.sessions.update((current) => {
      current.count = (current.count ?? 0) + 1;
      current.cookie.path = 'no path;';
    });
    const error: unknown = await updated.catch((thrown: unknown) => thrown);
    return { error: error instanceof Error ? error.message : null, seen: this.see(session) };
  }

  @Get('confirm')
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @Get('remember-here')
  rememberHere(@Session() session: Session): void {
    session.cookie.maxAge = HOUR;
  }
}

describe('a cookie change in a function given to update()', () => {
  let store: IndexedScriptedStore;
  let browser: Browser;
  /** The same browser, at another instance of the application. */
  let elsewhere: Browser;

  beforeEach(async () => {
    store = new IndexedScriptedStore(new MemorySessionStore());
    const metadata = { controllers: [CookieController] };
    browser = (await startApp({ store, storeTimeout: '1m' }, metadata)).browser();
    const { origin } = await startApp({ store: store.inner }, metadata);
    await browser.get('/login');
    elsewhere = browser.copy(origin);
  });

  afterEach(closeApps);

  /** The answer to a path whose write has to wait until another instance has answered these. */
  async function overtaken(path: string, ...others: readonly string[]): Promise<Answer> {
    const pause = store.pause('replace');
    const answer = browser.copy().get(path);
    await pause.arrived;
    for (const other of others) await elsewhere.get(other);
    pause.resolve();
    return answer;
  }

  const seen = async (by = browser): Promise<unknown> => (await by.get('/see')).body;

  it('is stored and sent', async () => {
    const { status, body, setCookies } = await browser.get('/remember');
    expect([status, body]).toEqual([200, { count: 1, maxAge: expect.closeTo(HOUR, -2) }]);
    expect(setCookies.join()).toContain('Max-Age=3600');
    expect(await seen()).toEqual({ count: 1, maxAge: expect.closeTo(HOUR, -2) });
  });

  it('is stored on top of what another request stored first', async () => {
    const { body, setCookies } = await overtaken('/remember', '/count');
    expect(body).toEqual({ count: 2, maxAge: expect.closeTo(HOUR, -2) });
    expect(setCookies).toHaveLength(1);
    expect(await seen()).toEqual({ count: 2, maxAge: expect.closeTo(HOUR, -2) });
  });

  it('is stored together with what other requests change', async () => {
    const pause = store.pause('replace');
    const first = browser.copy().get('/count');
    await pause.arrived;
    const reads = store.countOf('read');
    const waiting = ['/remember', '/count'].map((path) => browser.copy().get(path));
    while (store.countOf('read') < reads + 2) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    pause.resolve();
    for (const answer of [first, ...waiting]) expect((await answer).status).toBe(200);
    expect(await seen()).toEqual({ count: 3, maxAge: expect.closeTo(HOUR, -2) });
  });

  it('is not stored if it was made in a run that was discarded', async () => {
    const { body, setCookies } = await overtaken('/remember-first', '/count');
    expect([body, setCookies]).toEqual([{ count: 2, maxAge: null }, []]);
    expect(await seen()).toEqual({ count: 2, maxAge: null });
  });

  it('is undone if the function throws', async () => {
    const { status, body, setCookies } = await browser.get('/throw');
    expect([status, body, setCookies]).toEqual([200, { count: 0, maxAge: null }, []]);
    expect(await seen()).toEqual({ count: 0, maxAge: null });
  });

  it('is reported if no cookie can carry it, and nothing is stored', async () => {
    const { status, body } = await browser.get('/unsendable');
    expect(status).toBe(200);
    const error = expect.stringContaining('cookie.path');
    expect(body).toEqual({ error, seen: { count: 0, maxAge: null } });
    expect(await seen()).toEqual({ count: 0, maxAge: null });
  });

  it('is stored under the new id that another request gave the session', async () => {
    const { body, setCookies } = await overtaken('/remember', '/confirm', '/count');
    expect([body, setCookies]).toEqual([{ count: 2, maxAge: expect.closeTo(HOUR, -2) }, []]);
    expect(await seen(elsewhere)).toEqual({ count: 2, maxAge: expect.closeTo(HOUR, -2) });
  });

  it.each(['/count', '/throw'])(
    'by another request is kept by a function that makes none: %s',
    async (path) => {
      await overtaken('/count', '/confirm', '/remember-here');
      expect(await seen(elsewhere)).toEqual({ count: 1, maxAge: expect.closeTo(HOUR, -2) });
      await elsewhere.get(path);
      expect(await seen(elsewhere)).toMatchObject({ maxAge: expect.closeTo(HOUR, -2) });
    },
  );
});
