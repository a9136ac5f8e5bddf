import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { ReorderingStore } from '../../support/stores/reordering-store.js';

afterEach(closeServers);

/** Counts what is written. */
class CountingStore extends ReorderingStore {
  written = 0;

  override set(...given: Parameters<ReorderingStore['set']>): void {
    this.written += 1;
    super.set(...given);
  }
}

const RICH = { b: { z: 1, y: [1.5, { q: 1, p: 2 }], x: 'x' }, a: 'a', 7: 'seven', c: 1e21 };

async function bench(step: (request: SessionRequest) => unknown) {
  const store = new CountingStore();
  const server = await startServer({ store }, async (request, response) => {
    if (request.url === '/new') Object.assign(request.session, RICH);
    if (request.url === '/step') await step(request);
    const { cookie: _cookie, ...attributes } = request.session;
    response.end(JSON.stringify(attributes));
  });
  const browser = server.browser();
  await browser.get('/new');
  store.written = 0;
  return { store, browser };
}

const save = ({ session }: SessionRequest): Promise<unknown> =>
  new Promise((resolve) => session.save(resolve));

describe('a store that returns the names in a record in another order each time', () => {
  it('loses no deletion, neither of one attribute nor of all', async () => {
    const { browser } = await bench(({ session }) => {
      const first = Object.keys(session).find((name) => name !== 'cookie') ?? '';
      Reflect.deleteProperty(session, first);
    });
    for (let left = Object.keys(RICH).length - 1; left >= 0; left -= 1) {
      expect((await browser.get('/step')).status).toBe(200);
      expect(Object.keys(Object((await browser.get('/')).body))).toHaveLength(left);
    }
  });

  it('is not written to by requests that change nothing', async () => {
    const { browser, store } = await bench(() => undefined);
    for (let time = 0; time < 10; time += 1) {
      expect((await browser.get('/step')).body).toEqual(RICH);
    }
    expect(store.written).toBe(0);
  });

  it('is written once for each of several writes in one request', async () => {
    const { browser, store } = await bench(async (request) => {
      for (const name of ['one', 'two', 'three']) {
        request.session[name] = name;
        Reflect.deleteProperty(request.session, 'a');
        await save(request);
      }
    });
    expect((await browser.get('/step')).status).toBe(200);
    expect(store.written).toBe(3);
    const { a: _a, ...rest } = RICH;
    const expected = { ...rest, one: 'one', two: 'two', three: 'three' };
    expect((await browser.get('/')).body).toEqual(expected);
  });

  it('still shows whose write came between', async () => {
    const { browser } = await bench(async (request) => {
      request.session['slow'] = 1;
      await save(request);
      await browser.copy().get('/new');
      Reflect.deleteProperty(request.session, 'b');
    });
    await browser.get('/step');
    const { b: _b, ...rest } = RICH;
    expect((await browser.get('/')).body).toEqual({ ...rest, slow: 1 });
  });
});
