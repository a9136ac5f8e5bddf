import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { SessionRequest } from '../../support/applications/http-server.js';

/** The `sessionStore` that express-session's middleware, and so Sesame's, puts on a request. */
type RequestStore = Record<'generate' | 'createSession' | 'destroy', (...given: unknown[]) => void>;

const DATA = { cookie: { originalMaxAge: null }, kept: 'new' };

type Deed = (request: SessionRequest, store: RequestStore) => unknown;

afterEach(closeServers);

// What libraries do to a session that nobody looks at afterwards, or has looked at before; and what
// the next request of a visitor finds, and the next request in a session that held 'old'.
describe.each<[string, Deed, string, string]>([
  ['generated anew', (request, store) => store.generate(request), 'nothing', 'old'],
  ['made of data', (request, store) => store.createSession(request, DATA), 'new', 'new'],
  [
    'generated anew, and made of data',
    (request, store) => {
      store.generate(request);
      store.createSession(request, DATA);
    },
    'new',
    'new',
  ],
  [
    'regenerated',
    ({ session }) => done((callback) => session.regenerate(callback)),
    'nothing',
    'nothing',
  ],
  [
    'destroyed, and generated anew',
    async (request, store) => {
      await done((callback) => request.session.destroy(callback));
      store.generate(request);
    },
    'nothing',
    'nothing',
  ],
  [
    'generated anew while it is destroyed',
    async (request, store) => {
      const destroyed = done((callback) => store.destroy(request.sessionID, callback));
      store.generate(request);
      await destroyed;
    },
    'nothing',
    'nothing',
  ],
])('a session that is %s', (_what, deed, ofVisitor, ofSession) => {
  const start = () =>
    startServer({}, async (request, response) => {
      if (request.url === '/put') request.session['kept'] = 'old';
      if (request.url === '/deed') await deed(request, storeOf(request));
      response.end(request.url === '/' ? String(request.session['kept'] ?? 'nothing') : 'done');
    });

  it('has the same effect without being looked at, in a request of a visitor', async () => {
    const visitor = (await start()).browser();
    expect(await visitor.get('/deed')).toMatchObject({ status: 200, text: 'done' });
    expect((await visitor.get('/')).text).toBe(ofVisitor);
  });

  it('has the same effect without being looked at, in a request with a session', async () => {
    const visitor = (await start()).browser();
    await visitor.get('/put');
    expect(await visitor.get('/deed')).toMatchObject({ status: 200, text: 'done' });
    expect((await visitor.get('/')).text).toBe(ofSession);
  });
});

function storeOf(request: SessionRequest): RequestStore {
  return Reflect.get(request, 'sessionStore');
}

function done(call: (callback: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}
