import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { closeApps } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { isSettled, ONCE, startWaitingApp } from './waiting-app.js';

afterEach(closeApps);

/** A store that says when it is closed, and what it was asked afterwards. */
class ClosingStore extends ScriptedStore {
  isClosed = false;

  async close(): Promise<void> {
    this.isClosed = true;
    this.break('read', 'create', 'replace', 'remove');
  }
}

async function bench() {
  const store = new ClosingStore();
  // Until a client lets go of its idle connection, the server is not closed: longer than a second.
  const app = await startWaitingApp({ store, storeTimeout: '1m' });
  const later = async (cookie: string): Promise<unknown> => {
    store.mend();
    const next = await startWaitingApp({ store });
    const { body } = await next
      .browser()
      .get('/label', { headers: { cookie, connection: 'close' } });
    return body;
  };
  return { store, later, ...app };
}

describe('closing the application while a request is in flight', () => {
  it('lets the handler finish, stores its session and answers before the store is closed', async () => {
    const { app, browser, handler, store, later } = await bench();
    const client = browser();
    const answering = client.get('/late', ONCE);
    await handler.arrived.promise;
    const closing = app.close();
    expect(await isSettled(closing)).toBe(false);
    expect(store.isClosed).toBe(false);
    handler.release.resolve();
    const { status, body } = await answering;
    expect([status, body]).toEqual([200, { label: 'late' }]);
    await closing;
    expect(store.isClosed).toBe(true);
    expect(await later(`connect.sid=${client.cookie()}`)).toEqual({ label: 'late' });
  });

  it('waits for a commit that is under way', async () => {
    const { app, browser, handler, store } = await bench();
    const write = store.pause('create');
    handler.release.resolve();
    const answering = browser().get('/late', ONCE);
    await write.arrived;
    const closing = app.close();
    expect(await isSettled(closing)).toBe(false);
    expect(store.isClosed).toBe(false);
    write.resolve();
    expect((await answering).status).toBe(200);
    await closing;
    expect(store.isClosed).toBe(true);
  });

  it('stores what a stream changed after its headers left', async () => {
    const { app, browser, handler, later } = await bench();
    const client = browser();
    const answering = client.get('/stream', ONCE);
    await handler.arrived.promise;
    const closing = app.close();
    handler.release.resolve();
    expect((await answering).text).toBe('first last');
    await closing;
    expect(await later(`connect.sid=${client.cookie()}`)).toEqual({ label: 'late' });
  });

  it('waits for the commit of a request whose client went away', async () => {
    const { app, origin, handler, store } = await bench();
    const write = store.pause('create');
    const leaving = new AbortController();
    const answering = fetch(`${origin}/late`, { signal: leaving.signal });
    await handler.arrived.promise;
    leaving.abort();
    await expect(answering).rejects.toThrow();
    await write.arrived;
    const closed = once(app.getHttpServer(), 'close');
    const closing = app.close();
    await closed;
    for (let turn = 0; turn < 5; turn += 1) await isSettled(closing);
    const wasClosedTooSoon = store.isClosed;
    write.resolve();
    handler.release.resolve();
    await closing;
    expect(wasClosedTooSoon).toBe(false);
    expect(store.isClosed).toBe(true);
  });
});
