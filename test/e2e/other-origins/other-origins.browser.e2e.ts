import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import { OpenWeb } from './open-web.js';
import type { Sent } from './open-web.js';

const PATIENCE = 60_000;

let web: OpenWeb;
let browser: Browser;
let context: BrowserContext;
/** A page of the shop, and another one. */
let own: Page;
let other: Page;

beforeAll(async () => {
  [web, browser] = await Promise.all([
    OpenWeb.start(),
    launchChromium('--host-resolver-rules=MAP *.test 127.0.0.1'),
  ]);
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  [own, other] = await Promise.all([context.newPage(), context.newPage()]);
}, PATIENCE);

afterAll(async () => {
  await browser?.close();
  await web?.close();
}, PATIENCE);

beforeEach(() => context.clearCookies());

/** What the shop says to its own page. */
function told(path: string): Promise<unknown> {
  return own.evaluate(`fetch(${JSON.stringify(path)}).then((answer) => answer.text())`);
}

/** Has the page send something, and returns what arrived by it. */
async function send(from: Page | Frame, how: 'form' | 'fetch', url: string): Promise<Sent> {
  const before = web.sent.length;
  const to = JSON.stringify(url);
  if (how === 'fetch') {
    await from.evaluate(
      `fetch(${to}, { method: 'POST', credentials: 'include', mode: 'no-cors' })`,
    );
  } else {
    const submit = `const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: ${to} });
      document.body.append(form);
      form.submit();`;
    await Promise.all([from.waitForNavigation(), from.evaluate(submit)]);
  }
  const [sent, more] = web.sent.slice(before);
  if (sent === undefined || more !== undefined) throw new Error('Not one request arrived.');
  return sent;
}

/** A page within a page. */
async function frameIn(page: Page, attributes: Record<string, string>): Promise<Frame> {
  const isInner = (frame: Frame): boolean =>
    frame !== page.mainFrame() && frame.url() === attributes['src'];
  const [frame] = await Promise.all([
    page.waitForEvent('framenavigated', isInner),
    page.evaluate(`const frame = document.createElement('iframe');
      for (const [name, value] of ${JSON.stringify(Object.entries(attributes))}) {
        frame.setAttribute(name, value);
      }
      document.body.append(frame);`),
  ]);
  await frame.waitForLoadState();
  return frame;
}

describe.each([
  ['shop.test', 'Lax'],
  ['none.test', 'None'],
])('the shop at %s, whose cookie is SameSite=%s', (host, sameSite) => {
  const isNone = sameSite === 'None';
  const counting = (): string => `${web.https(host)}/count`;

  beforeEach(async () => {
    await own.goto(`${web.https(host)}/page`);
    // From here on the visitor has a session, which has counted once.
    expect(await send(own, 'fetch', counting())).toMatchObject({ status: 200 });
  });

  it('accepts what its own page sends', async () => {
    for (const how of ['fetch', 'form'] as const) {
      const sent = await send(own, how, counting());
      expect(sent).toMatchObject({ site: 'same-origin', hasCookie: true, status: 200 });
    }
    expect(await told('/count')).toBe('3');
  });

  it.each<[string, () => string]>([
    ['host', () => web.https(`a.${host}`)],
    ['port', () => web.httpsElsewhere(host)],
  ])('refuses what a page of its site sends, at another %s', async (_at, place) => {
    await other.goto(`${place()}/page`);
    for (const how of ['fetch', 'form'] as const) {
      const sent = await send(other, how, counting());
      expect(sent).toMatchObject({ site: 'same-site', hasCookie: true, status: 403 });
    }
    expect(await told('/count')).toBe('1');
  });

  it('is not changed by what a page of another site sends', async () => {
    await other.goto(`${web.https('evil.test')}/page`);
    // Chromium holds back third-party cookies here; a request without the cookie is nobody's.
    const fetched = await send(other, 'fetch', counting());
    expect(fetched).toMatchObject({ site: 'cross-site', hasCookie: false, status: 200 });
    expect(await told('/count')).toBe('1');

    const sent = await send(other, 'form', counting());
    expect(sent).toMatchObject({ site: 'cross-site', hasCookie: isNone });
    if (isNone) expect([sent.status, await told('/count')]).toEqual([403, '1']);
  });

  it('accepts a form of another site that it trusts', async () => {
    await other.goto(`${web.https('trusted.test')}/page`);
    const sent = await send(other, 'form', counting());
    expect(sent).toMatchObject({ site: 'cross-site', hasCookie: isNone, status: 200 });
    if (isNone) expect(await told('/count')).toBe('2');
  });

  it('accepts a form of its own page in a frame', async () => {
    await other.goto(`${web.https(`a.${host}`)}/page`);
    const frame = await frameIn(other, { src: `${web.https(host)}/page` });
    const sent = await send(frame, 'form', counting());
    expect(sent).toMatchObject({ site: 'same-origin', hasCookie: true, status: 200 });
    expect(await told('/count')).toBe('2');
  });

  it('is not changed by a form in a sandbox', async () => {
    const sandbox = { sandbox: 'allow-forms allow-scripts', src: `${web.https(host)}/page` };
    const sent = await send(await frameIn(own, sandbox), 'form', counting());
    expect(sent).toMatchObject({ site: 'cross-site', origin: 'null', hasCookie: isNone });
    if (isNone) expect(sent.status).toBe(403);
    expect(await told('/count')).toBe('1');
  });

  it('refuses a form that another site redirected with a 307, unless the path is excluded', async () => {
    const passOn = (path: string): string =>
      `${web.https('pay.test')}/pass-on?to=${encodeURIComponent(web.https(host) + path)}`;
    const elsewhere = { site: 'cross-site', origin: 'null', hasCookie: true };
    expect(await send(own, 'form', passOn('/count'))).toEqual({ ...elsewhere, status: 403 });
    expect(await send(own, 'form', passOn('/paid'))).toEqual({ ...elsewhere, status: 200 });
    expect(await told('/count')).toBe('2');
  });

  it('signs nobody in from a form of another site, unless the path is excluded', async () => {
    await other.goto(`${web.https('idp.test')}/page`);
    const forged = await send(other, 'form', `${web.https(host)}/login`);
    expect(forged).toMatchObject({ site: 'cross-site', hasCookie: isNone, status: 403 });
    expect(await told('/me')).toBe('nobody');

    await other.goto(`${web.https('idp.test')}/page`);
    const posted = await send(other, 'form', `${web.https(host)}/callback`);
    expect(posted).toMatchObject({ site: 'cross-site', hasCookie: isNone, status: 200 });
    expect(await told('/me')).toBe('ada');
  });

  it('signs in a visitor who comes back from a provider with a GET', async () => {
    await other.goto(`${web.https('idp.test')}/page`);
    const back = JSON.stringify(`${web.https(host)}/login`);
    await Promise.all([other.waitForNavigation(), other.evaluate(`location.assign(${back})`)]);
    expect([await told('/me'), await told('/count')]).toEqual(['ada', '1']);
  });
});

describe('over plain HTTP', () => {
  it.each([
    ['tells its origin', ''],
    ['hides its origin, as under helmet', '?referrer=none'],
  ])('a page works that %s', async (_does, query) => {
    const shop = web.http('shop.test');
    for (const path of ['/count', '/count', '/login']) {
      await own.goto(`${shop}/page${query}`);
      const origin = query === '' ? shop : 'null';
      expect(await send(own, 'form', shop + path)).toMatchObject({
        site: undefined,
        origin,
        status: 200,
      });
    }
    expect([await told('/me'), await told('/count')]).toEqual(['ada', '2']);
  });

  it('a page of the same site is refused because of its origin', async () => {
    await own.goto(`${web.http('shop.test')}/page`);
    await send(own, 'fetch', `${web.http('shop.test')}/count`);
    await other.goto(`${web.http('a.shop.test')}/page`);
    const sent = await send(other, 'form', `${web.http('shop.test')}/count`);
    expect(sent).toMatchObject({ site: undefined, hasCookie: true, status: 403 });
    expect(await told('/count')).toBe('1');
  });
});

it('a page on this machine may use a server at another port of it', async () => {
  await own.goto(`${web.https('localhost')}/page`);
  await send(own, 'fetch', `${web.https('localhost')}/count`);
  await other.goto(`${web.httpsElsewhere('localhost')}/page`);
  const sent = await send(other, 'fetch', `${web.https('localhost')}/count`);
  expect(sent).toMatchObject({ site: 'same-site', hasCookie: true, status: 200 });
  expect(await told('/count')).toBe('2');
});
