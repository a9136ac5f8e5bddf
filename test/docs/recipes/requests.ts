import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Consumer } from '../consumer.js';
import { filesOf } from '../markdown.js';
import { RunningRecipes } from '../running-recipes.js';

const PAGE = 'docs/recipes/requests.md';
const MINUTE = 60_000;
const HEAD = '--x\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n';
const TAIL = '\r\n--x--\r\n';

export function testRequests(built: () => Consumer): void {
  describe('The recipes for requests', () => {
    let recipes: RunningRecipes;

    beforeAll(async () => {
      const streams = filesOf(PAGE).get('src/streams.ts') ?? '';
      recipes = await RunningRecipes.start(
        built(),
        PAGE,
        ['flash', 'uploads', 'jobs', 'streams', 'watchful-streams', 'late', 'cart-id'],
        {
          env: { SESSION_SECRET: 's'.repeat(32) },
          more: new Map([['src/watchful-streams.ts', streams.replace('30_000', '20')]]),
        },
      );
    });

    afterAll(() => recipes.stop());

    const devices = async (userId: string): Promise<string> =>
      (await recipes.browser('uploads').get(`/devices/${userId}`)).text;

    it('flash: shows each message once, also after a sign-out', async () => {
      const browser = recipes.browser('flash');
      expect((await browser.get('/')).setCookies).toEqual([]);
      expect((await browser.post('/login/ada')).status).toBe(303);
      const signedIn = browser.copy();
      const both = await Promise.all([browser.get('/'), browser.get('/')]);
      expect(both.flatMap(({ body }) => body)).toEqual(['Welcome, ada.']);
      await browser.post('/logout');
      expect((await browser.get('/')).body).toEqual(['You are signed out.']);
      expect((await browser.get('/')).body).toEqual([]);
      expect((await signedIn.get('/')).body).toEqual([]);
    });

    it('uploads: refuses a visitor before the file is there', async () => {
      const upload = begin(recipes.browser('uploads'));
      const [response]: IncomingMessage[] = await once(upload, 'response');
      expect(response?.statusCode).toBe(401);
      upload.destroy();
    });

    it('uploads: keeps the session alive that would have timed out meanwhile', async () => {
      const browser = recipes.browser('uploads');
      await browser.post('/login/ada');
      await recipes.later(20 * MINUTE);
      const before = await devices('ada');
      const upload = begin(browser);
      await until(async () => (await devices('ada')) !== before);
      await recipes.later(20 * MINUTE);
      expect(await finish(upload)).toEqual([201, { bytes: 2 }]);
      expect((await browser.get('/devices/ada')).body).toHaveLength(1);
    });

    it('uploads: takes none whose session has been ended meanwhile', async () => {
      const browser = recipes.browser('uploads');
      await browser.post('/login/grace');
      await recipes.later(20 * MINUTE);
      const before = await devices('grace');
      const upload = begin(browser);
      await until(async () => (await devices('grace')) !== before);
      expect((await recipes.browser('uploads').post('/end/grace')).body).toBe(1);
      expect(await finish(upload)).toEqual([401, expect.anything()]);
    });

    it('jobs: end the sessions of a user without a request', async () => {
      const [browser, other] = [recipes.browser('jobs'), recipes.browser('jobs')];
      for (const one of [browser, other]) await one.post('/login/ada');
      expect((await browser.post('/account/close')).status).toBe(202);
      await until(async () => (await other.get('/account')).status === 401);
      expect((await browser.get('/account')).body).toMatchObject({ reason: 'revoked' });
    });

    it('streams: end at once with a session that is ended in the same process', async () => {
      const browser = recipes.browser('streams');
      expect((await browser.get('/news')).status).toBe(401);
      await browser.post('/login/ada');
      const { ended } = await openStream(browser);
      expect((await recipes.browser('streams').post('/end/ada')).body).toBe(1);
      await ended;
    });

    it('streams: end after a timeout, and after another sign-in in the browser', async () => {
      for (const end of [
        () => recipes.later(31 * MINUTE),
        (browser: Browser) => browser.post('/login/grace'),
      ]) {
        const browser = recipes.browser('watchful-streams');
        await browser.post('/login/ada');
        const { ended } = await openStream(browser);
        await end(browser);
        await ended;
      }
    });

    it('changes after the response: update() stores them', async () => {
      const browser = recipes.browser('late');
      expect((await browser.post('/report')).status).toBe(202);
      expect((await browser.get('/report')).body).toEqual({ report: 'begun' });
      await until(async () => (await browser.get('/report')).text.includes('ready'));
    });

    it('the id of a session that is not stored changes, and what is in one stays', async () => {
      const browser = recipes.browser('cart-id');
      expect((await browser.get('/id')).text).not.toBe((await browser.get('/id')).text);
      const cart = (await browser.post('/cart')).text;
      expect((await browser.post('/cart')).text).toBe(cart);
      expect((await browser.get('/id')).text).toBe((await browser.get('/id')).text);
    });
  });
}

/** A stream whose first message has come, until it ends. */
async function openStream(browser: Browser): Promise<{ ended: Promise<unknown> }> {
  const cookie = `connect.sid=${browser.cookie() ?? ''}`;
  const asked = request(`${browser.origin}/news`, { headers: { cookie } }).end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (response === undefined) throw new Error('There is no response.');
  let received = '';
  response.on('data', (chunk) => (received += String(chunk)));
  const ended = once(response, 'end');
  await until(() => received.includes('news 0'));
  return { ended };
}

/** The first half of an upload of two bytes, which has arrived when the session was extended. */
function begin(browser: Browser): ClientRequest {
  const upload = request(`${browser.origin}/videos`, {
    method: 'POST',
    headers: {
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': HEAD.length + 2 + TAIL.length,
      cookie: `connect.sid=${browser.cookie() ?? ''}`,
    },
  });
  upload.write(`${HEAD}a`);
  return upload;
}

async function finish(upload: ClientRequest): Promise<[number | undefined, unknown]> {
  const answered: Promise<IncomingMessage[]> = once(upload, 'response');
  upload.end(`b${TAIL}`);
  const [response] = await answered;
  if (response === undefined) throw new Error('There is no response.');
  return [response.statusCode, await json(response)];
}
