import { afterEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import type { ServerResponse } from 'node:http';
import { SessionStoreUnavailableException } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import type { Browser } from '../../support/browser.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

type Step = (request: SessionRequest, response: ServerResponse) => unknown;

interface Bench {
  readonly browser: Browser;
  readonly store: ScriptedStore;
  /** What the last step saw. */
  readonly seen: unknown[];
}

/** A server where GET / shows the session, /begin begins one with a label, and /step runs `step`. */
async function bench(step: Step, options: Partial<SessionOptions> = {}): Promise<Bench> {
  const store = new ScriptedStore();
  const seen: unknown[] = [];
  const server = await startServer({ store, ...options }, async (request, response) => {
    if (request.url === '/begin') request.session['label'] = 'begun';
    if (request.url === '/step') seen.push(await step(request, response));
    if (!response.headersSent) response.end(JSON.stringify(request.session ?? null));
  });
  const browser = server.browser();
  await browser.get('/begin');
  store.calls.length = 0;
  return { browser, store, seen };
}

/** The error that a callback of express-session's kind was given; `undefined` when none. */
const outcome = (call: (done: (error?: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve) => {
    call((error) => resolve(error ?? undefined));
  });

describe('session.regenerate(callback)', () => {
  it('puts a new, empty session with another id on the request', async () => {
    const { browser, seen } = await bench(async (request) => {
      const before = request.session;
      const { id } = before;
      const error = await outcome((done) => before.regenerate(done));
      request.session['after'] = true;
      return [
        error,
        request.session !== before,
        request.session instanceof session.Session,
        request.session.id !== id,
        request.session.id === request.sessionID,
        request.session['label'],
        before.id === request.session.id,
      ];
    });
    const old = browser.copy();
    const { setCookies } = await browser.get('/step');
    expect(seen).toEqual([[undefined, true, true, true, true, undefined, false]]);
    expect(setCookies).toHaveLength(1);
    expect((await browser.get('/')).body).toMatchObject({ after: true });
    expect((await browser.get('/')).body).not.toHaveProperty('label');
    expect((await old.get('/')).body).not.toHaveProperty('label');
  });

  it('gives the callback an error with status 503 when it fails; the old session stays', async () => {
    const { browser, store, seen } = await bench(async (request) => {
      store.break('remove');
      return outcome((done) => request.session.regenerate(done));
    });
    const before = browser.cookie();
    const { body } = await browser.get('/step');
    expect(seen).toEqual([expect.any(SessionStoreUnavailableException)]);
    expect(seen).toEqual([expect.objectContaining({ status: 503 })]);
    expect(body).toMatchObject({ label: 'begun' });
    store.mend();
    expect(browser.cookie()).toBe(before);
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });

  it('leaves one session when called twice in a row', async () => {
    const { browser, store } = await bench(async (request) => {
      await outcome((done) => request.session.regenerate(done));
      request.session['lost'] = true;
      await outcome((done) => request.session.regenerate(done));
      request.session['kept'] = true;
    });
    await browser.get('/step');
    expect(store.countOf('create')).toBe(1);
    const { body } = await browser.get('/');
    expect(body).toMatchObject({ kept: true });
    expect(body).not.toHaveProperty('lost');
  });
});

describe('session.save(callback)', () => {
  it('has stored the session when it calls back, and nothing is left to write', async () => {
    const { browser, store, seen } = await bench(async (request) => {
      request.session['saved'] = true;
      const error = await outcome((done) => void request.session.save(done));
      return [error, store.countOf('replace')];
    });
    await browser.get('/step');
    expect(seen).toEqual([[undefined, 1]]);
    expect(store.countOf('replace')).toBe(1);
    expect((await browser.get('/')).body).toMatchObject({ saved: true });
  });

  it('gives the callback an error with status 503 when it fails', async () => {
    const { browser, store, seen } = await bench(async (request) => {
      store.break('replace');
      request.session['saved'] = true;
      return outcome((done) => void request.session.save(done));
    });
    expect((await browser.get('/step')).status).toBe(503);
    expect(seen).toEqual([expect.objectContaining({ status: 503 })]);
  });

  it('stores without a callback, too, and leaves no unhandled rejection', async () => {
    const { browser, store } = await bench((request) => {
      request.session['saved'] = (request.session['saved'] ?? 0) === 0 ? 1 : 2;
      request.session.save();
    });
    await browser.get('/step');
    expect((await browser.get('/')).body).toMatchObject({ saved: 1 });
    store.break('replace');
    // An unhandled rejection would fail this test.
    expect((await browser.get('/step')).status).toBe(503);
    store.mend();
    expect((await browser.get('/')).body).toMatchObject({ saved: 1 });
  });

  it('refuses the session object that regenerate() replaced', async () => {
    const { browser, seen } = await bench(async (request) => {
      const before = request.session;
      await outcome((done) => before.regenerate(done));
      return outcome((done) => void before.save(done));
    });
    await browser.get('/step');
    const cause = expect.objectContaining({ message: expect.stringContaining('regenerate()') });
    expect(seen).toEqual([expect.objectContaining({ status: 500, cause })]);
  });

  it("refuses to store a session other than the request's own, and says what to do instead", async () => {
    const { browser, seen } = await bench((request) => {
      const store: unknown = Reflect.get(request, 'sessionStore');
      if (!(store instanceof session.Store)) throw new Error('it is no store');
      const { cookie } = request.session;
      const other: session.SessionData = Object.assign(Object.create(null), { cookie });
      return outcome((done) => store.set('other', other, done));
    });
    const { logs, restore } = recordLogs();
    await browser.get('/step');
    restore();
    const message = expect.stringMatching(/its own request only.*the store that you gave/);
    const cause = expect.objectContaining({ message });
    expect(seen).toEqual([expect.objectContaining({ status: 500, cause })]);
    expect(logs).toEqual([{ level: 'error', message }]);
  });
});

describe('session.reload(callback)', () => {
  it('puts a new object with what is stored on the request', async () => {
    const { browser, seen } = await bench(async (request) => {
      const before = request.session;
      before['label'] = 'changed';
      const error = await outcome((done) => before.reload(done));
      const after = request.session;
      return [
        error,
        after !== before,
        after instanceof session.Session,
        after.id === before.id,
        after['label'],
        Object.keys(after).toSorted(),
      ];
    });
    await browser.get('/step');
    expect(seen).toEqual([[undefined, true, true, true, 'begun', ['cookie', 'label']]]);
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });

  it('lets the request continue with a session that can be written', async () => {
    const { browser } = await bench(async (request) => {
      await outcome((done) => request.session.reload(done));
      request.session['written'] = 'after reload';
    });
    expect((await browser.get('/step')).status).toBe(200);
    expect((await browser.get('/')).body).toMatchObject({
      label: 'begun',
      written: 'after reload',
    });
  });

  it('writes nothing itself', async () => {
    const { browser, store } = await bench((request) =>
      outcome((done) => request.session.reload(done)),
    );
    await browser.get('/step');
    expect(store.calls).toEqual(['read', 'read']);
  });

  it('shows what another request stored in the meantime', async () => {
    const { browser, seen } = await bench(async (request) => {
      if (request.headers['x-inner'] !== undefined) {
        request.session['label'] = 'inner';
        return 'inner';
      }
      void request.session['label'];
      await browser.copy().get('/step', { headers: { 'x-inner': '1' } });
      await outcome((done) => request.session.reload(done));
      return request.session['label'];
    });
    await browser.get('/step');
    expect(seen).toEqual(['inner', 'inner']);
  });

  it('works on encrypted records, too', async () => {
    const { browser, seen } = await bench(
      async (request) => {
        request.session['label'] = 'changed';
        const error = await outcome((done) => request.session.reload(done));
        return [error, request.session['label']];
      },
      { encryption: { keys: ['a key that is only used by the tests of this library'] } },
    );
    await browser.get('/step');
    expect(seen).toEqual([[undefined, 'begun']]);
  });

  it('gives the callback an error when there is nothing to load', async () => {
    const { browser, seen } = await bench((request) =>
      outcome((done) => request.session.reload(done)),
    );
    await browser.get('/step', { headers: { cookie: 'other=1' } });
    expect(seen).toEqual([expect.objectContaining({ message: 'failed to load session' })]);
  });

  it('gives the callback an error with status 503 when the store fails', async () => {
    const { browser, store, seen } = await bench(async (request) => {
      store.break('read');
      const error = await outcome((done) => request.session.reload(done));
      store.mend();
      return error;
    });
    const { body } = await browser.get('/step');
    expect(seen).toEqual([expect.objectContaining({ status: 503 })]);
    expect(body).toMatchObject({ label: 'begun' });
  });
});

/** Its published type asks for the callback; the method does not. */
function destroyWithoutCallback(live: session.Session): void {
  Reflect.apply(live.destroy, live, []);
}

describe('session.destroy(callback)', () => {
  it('ends the session, and makes the browser forget it', async () => {
    const { browser, seen } = await bench(async (request) => {
      const error = await outcome((done) => request.session.destroy(done));
      return [error, request.session];
    });
    const before = browser.copy();
    await browser.get('/step');
    expect(seen).toEqual([[undefined, undefined]]);
    expect(browser.cookie()).toBeUndefined();
    expect((await before.get('/')).body).not.toHaveProperty('label');
  });

  it('gives the callback an error with status 503 when it fails; the session stays', async () => {
    const { browser, store, seen } = await bench(async (request) => {
      store.break('remove');
      return outcome((done) => request.session.destroy(done));
    });
    const { setCookies } = await browser.get('/step');
    expect(seen).toEqual([expect.objectContaining({ status: 503 })]);
    expect(setCookies).toEqual([]);
    store.mend();
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });

  it('ends the session before the response leaves, without a callback', async () => {
    const { browser, store } = await bench((request) => {
      destroyWithoutCallback(request.session);
    });
    const before = browser.copy();
    const remove = store.pause('remove');
    let hasAnswered = false;
    const answer = browser.get('/step').then((received) => {
      hasAnswered = true;
      return received;
    });
    await remove.arrived;
    expect(hasAnswered).toBe(false);
    remove.resolve();
    expect((await answer).setCookies).toEqual([expect.stringContaining('connect.sid=;')]);
    expect((await before.get('/')).body).not.toHaveProperty('label');
  });

  it('leaves no unhandled rejection when it fails without a callback', async () => {
    const { browser, store } = await bench((request) => {
      destroyWithoutCallback(request.session);
    });
    store.break('remove');
    // An unhandled rejection would fail this test.
    expect((await browser.get('/step')).status).toBe(503);
    store.mend();
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });
});

describe("sessionStore.get() of the request's own session", () => {
  const stored = (request: SessionRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const store: unknown = Reflect.get(request, 'sessionStore');
      if (!(store instanceof session.Store)) throw new TypeError('there is no store');
      store.get(request.sessionID, (error, data) => (error ? reject(error) : resolve(data)));
    });

  it("returns what is stored, and leaves the request's changes as they are", async () => {
    const { browser } = await bench(async (request) => {
      const { session: own } = request;
      own['changed'] = true;
      own.cookie.maxAge = 60_000;
      delete own['label'];
      expect(await stored(request)).toMatchObject({ label: 'begun' });
      expect(request.session).toBe(own);
      expect(own).toMatchObject({ changed: true });
      expect(await stored(request)).not.toHaveProperty('changed');
    });
    expect((await browser.get('/step')).status).toBe(200);
    const { body } = await browser.get('/');
    expect(body).toMatchObject({
      changed: true,
      cookie: { originalMaxAge: expect.closeTo(60_000, -2) },
    });
    expect(body).not.toHaveProperty('label');
  });

  it('is what reload() uses, so that the application sees what is stored', async () => {
    const { browser, store } = await bench(async (request) => {
      const { session: own } = request;
      own['changed'] = true;
      await new Promise((resolve) => own.reload(resolve));
      expect(request.session).not.toBe(own);
      expect(request.session).not.toHaveProperty('changed');
    });
    store.calls.length = 0;
    expect((await browser.get('/step')).status).toBe(200);
    expect(store.countOf('replace')).toBe(0);
    expect((await browser.get('/')).body).not.toHaveProperty('changed');
  });
});

describe('a request that removes its session', () => {
  const WAYS: readonly [string, Step][] = [
    ['delete req.session', (request) => Reflect.deleteProperty(request, 'session')],
    ['req.session = null', (request) => Reflect.set(request, 'session', null)],
    ['req.session = undefined', (request) => Reflect.set(request, 'session', undefined)],
    [
      'req.session = null after it was read',
      (request) => {
        void request.session['label'];
        return Reflect.set(request, 'session', null);
      },
    ],
    [
      'req.session = null after it was changed',
      (request) => {
        request.session['changed'] = true;
        return Reflect.set(request, 'session', null);
      },
    ],
  ];

  it.each(WAYS)("ends it with unset: 'destroy': %s", async (_way, step) => {
    const { browser, store } = await bench(step);
    const before = browser.copy();
    const { status, setCookies } = await browser.get('/step');
    expect(status).toBe(200);
    expect(setCookies).toEqual([expect.stringContaining('connect.sid=;')]);
    expect(store.countOf('remove')).toBe(1);
    expect((await before.get('/')).body).not.toHaveProperty('label');
  });

  it.each(WAYS)("leaves it as stored with unset: 'keep': %s", async (_way, step) => {
    const { browser, store } = await bench(step, { unset: 'keep' });
    const { status, setCookies } = await browser.get('/step');
    expect([status, setCookies]).toEqual([200, []]);
    expect(store.calls).toEqual(['read']);
    const { body } = await browser.get('/');
    expect(body).toMatchObject({ label: 'begun' });
    expect(body).not.toHaveProperty('changed');
  });

  it.each(WAYS)('creates and ends nothing if there was none: %s', async (_way, step) => {
    const { browser, store } = await bench(step);
    const { setCookies } = await browser.get('/step', { headers: { cookie: 'other=1' } });
    expect(setCookies).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  it('is a 503 when the session cannot be ended', async () => {
    const { browser, store } = await bench((request) => Reflect.set(request, 'session', null));
    store.break('remove');
    const { status, setCookies } = await browser.get('/step');
    expect([status, setCookies]).toEqual([503, []]);
    store.mend();
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });
});
