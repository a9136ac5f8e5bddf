import { afterEach, describe, expect, it } from '@jest/globals';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { Browser } from '../../support/browser.js';
import { deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import '../../support/session-data.js';

afterEach(closeServers);

interface Bench {
  readonly browser: Browser;
  readonly store: ScriptedStore;
}

/** A server where GET / shows the session, /begin begins one with a label, and /step runs `step`. */
async function bench(step: (request: SessionRequest) => unknown): Promise<Bench> {
  const store = new ScriptedStore();
  const server = await startServer({ store }, async (request, response) => {
    if (request.url === '/begin') request.session['label'] = 'begun';
    const answer = request.url === '/step' ? await step(request) : request.session;
    response.end(JSON.stringify(answer ?? null));
  });
  const browser = server.browser();
  await browser.get('/begin');
  store.calls.length = 0;
  return { browser, store };
}

describe('without a callback', () => {
  it('regenerate() puts the new session on the request, and later changes are kept', async () => {
    const { browser } = await bench(async (request) => {
      const before = request.session;
      await request.session.regenerate();
      request.session['after'] = true;
      return [request.session === before, request.session['label'] ?? 'none'];
    });
    const former = browser.copy();
    expect((await browser.get('/step')).body).toEqual([false, 'none']);
    expect((await browser.get('/')).body).toMatchObject({ after: true });
    expect((await former.get('/')).body).not.toHaveProperty('label');
  });

  it('save() stores the session', async () => {
    const { browser, store } = await bench(async (request) => {
      request.session['saved'] = true;
      await request.session.save();
      return store.countOf('replace');
    });
    expect((await browser.get('/step')).body).toBe(1);
    expect((await browser.get('/')).body).toMatchObject({ saved: true });
  });

  it('reload() puts what is stored on the request', async () => {
    const { browser } = await bench(async (request) => {
      request.session['label'] = 'changed';
      await request.session.reload();
      return request.session['label'];
    });
    expect((await browser.get('/step')).body).toBe('begun');
    expect((await browser.get('/')).body).toMatchObject({ label: 'begun' });
  });

  it('destroy() removes the session', async () => {
    const { browser, store } = await bench(async (request) => {
      const ended = request.session.destroy();
      const seen = typeof request.session;
      await ended;
      return [seen, store.countOf('remove')];
    });
    const former = browser.copy();
    expect((await browser.get('/step')).body).toEqual(['undefined', 1]);
    expect((await former.get('/')).body).not.toHaveProperty('label');
  });

  it.each([
    ['regenerate', 'remove'],
    ['save', 'replace'],
    ['reload', 'read'],
    ['destroy', 'remove'],
  ] as const)('%s() rejects with status 503 if the store fails', async (method, operation) => {
    const { browser, store } = await bench(async (request) => {
      request.session['changed'] = true;
      store.break(operation);
      const error: unknown = await request.session[method]().catch((thrown: unknown) => thrown);
      store.mend();
      return Reflect.get(Object(error), 'status');
    });
    expect((await browser.get('/step')).body).toBe(503);
  });

  it('reload() rejects if nothing is stored', async () => {
    const { browser } = await bench((request) => request.session.reload().catch(String));
    const { body } = await browser.get('/step', { headers: { cookie: 'other=1' } });
    expect(body).toBe('Error: failed to load session');
  });

  it.each([
    ['regenerate', 'remove'],
    ['save', 'replace'],
    ['reload', 'read'],
    ['destroy', 'remove'],
  ] as const)(
    'a failure of %s() that nobody awaits does not end the process',
    async (method, operation) => {
      const unhandled: unknown[] = [];
      const note = (error: unknown): void => void unhandled.push(error);
      process.on('unhandledRejection', note).on('uncaughtException', note);
      const { browser, store } = await bench((request) => {
        request.session['changed'] = true;
        store.break(operation);
        void request.session[method]();
        return 'gone on';
      });
      await browser.get('/step');
      store.mend();
      expect((await browser.get('/')).status).toBe(200);
      process.off('unhandledRejection', note).off('uncaughtException', note);
      expect(unhandled).toEqual([]);
    },
  );
});

describe('with a callback', () => {
  it.each(['regenerate', 'save', 'reload', 'destroy'] as const)(
    '%s() returns the session, as in express-session',
    async (method) => {
      const { browser } = await bench(async ({ session }) => {
        const called = deferred();
        const returned: unknown = session[method](() => called.resolve());
        await called.promise;
        return returned === session;
      });
      expect((await browser.get('/step')).body).toBe(true);
    },
  );
});
