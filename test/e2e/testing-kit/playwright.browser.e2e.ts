import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { SessionModuleOptions } from 'nestjs-sesame';
import { SessionTesting } from 'nestjs-sesame/testing';
import type { SignInOptions } from 'nestjs-sesame/testing';
import { launchChromium } from '../../support/chromium.js';
import { closeShops, shopModule, startShop } from './shop-app.js';

jest.setTimeout(60_000);

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());
afterEach(closeShops);

/** What a user sees who was signed in by the test before they visited any page. */
async function visit(
  options: Partial<SessionModuleOptions> = {},
  signIn: SignInOptions = {},
): Promise<{ page: Page; sessions: SessionTesting; text(): Promise<string> }> {
  const sessions = new SessionTesting();
  const app = await startShop(sessions, shopModule(options));
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const alice = await sessions.signIn('alice', signIn);
  const context = await browser.newContext();
  await context.addCookies(alice.cookies(url));
  const page = await context.newPage();
  await page.goto(`${url}/me`);
  return { page, sessions, text: () => page.innerText('body') };
}

it.each<[string, Partial<SessionModuleOptions>]>([
  ['the default cookie', {}],
  ['a cookie with a lifetime', { cookie: { maxAge: '1d', sameSite: 'strict' } }],
  ['a cookie for some pages', { cookie: { path: '/me' }, name: 'me.sid' }],
  ['a Secure cookie with a __Host- name', { name: '__Host-sid', cookie: { secure: true } }],
])('a Playwright browser is signed in with %s', async (_what, options) => {
  const { page, text } = await visit(options);
  expect(JSON.parse(await text())).toEqual({ user: 'alice', items: [] });
  await page.context().close();
});

it('a Playwright browser is signed out when the clock says so', async () => {
  const { page, sessions, text } = await visit({}, { data: { items: ['tea'] } });
  expect(JSON.parse(await text())).toEqual({ user: 'alice', items: ['tea'] });
  sessions.clock.advance('31m');
  await page.reload();
  expect(JSON.parse(await text())).toMatchObject({ reason: 'expired' });
  await page.context().close();
});
