import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import request from 'supertest';
import { launchChromium } from '../../support/chromium.js';
import { until } from '../../support/until.js';
import { QuickstartPage } from './quickstart-page.js';
import { startQuickstart, startQuickstartOnRedis } from './start-quickstart.js';
import type { Quickstart } from './start-quickstart.js';
import { CHROME_ON_ANDROID, FIREFOX_ON_WINDOWS, SAFARI_ON_IPHONE } from './user-agents.js';

const PATIENCE = 60_000;
const MINUTE = 60_000;

jest.setTimeout(PATIENCE);

let quickstart: Quickstart;
let browser: Browser;
let visitors: QuickstartPage[];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

/** A browser of its own, in which ada is signed in. */
async function signedIn(options: BrowserContextOptions = {}): Promise<QuickstartPage> {
  const visitor = await QuickstartPage.openSignedIn(browser, quickstart.url, options);
  visitors.push(visitor);
  return visitor;
}

/** Signs ada in with another browser, whose page does not matter. */
async function signInElsewhere(userAgent: string): Promise<void> {
  const credentials = { username: 'ada', password: 'lovelace' };
  const login = request(quickstart.url).post('/login').set('User-Agent', userAgent);
  await login.send(credentials).expect(200);
}

function isFocused(visitor: QuickstartPage, selector: string): Promise<void> {
  return visitor.page.locator(`${selector}:focus`).waitFor();
}

const startOn = (start: () => Promise<Quickstart>) => async () => {
  visitors = [];
  jest.spyOn(Date, 'now'); // Before the application takes hold of its clock.
  quickstart = await start();
};

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(visitors.map((visitor) => visitor.close()));
  await quickstart.close();
  for (const { faults } of visitors) expect(faults).toEqual([]);
});

describe.each([
  ['memory', () => startQuickstart()],
  ['Redis', startQuickstartOnRedis],
])('the devices on the page, with sessions in %s', (_, start) => {
  beforeEach(startOn(start));

  it('end one another: the other page says so on its next action', async () => {
    const there = await signedIn({ userAgent: FIREFOX_ON_WINDOWS });
    await there.add('Tahini');
    const here = await signedIn();
    expect(await here.devices().count()).toBe(2);
    expect(await here.devices().first().textContent()).toContain('This device');
    expect(await here.devices().last().textContent()).toMatch(
      /^Firefox 140 on WindowsLast seen just now/,
    );

    await here.signOut('Firefox 140 on Windows');
    await here.says('Firefox 140 on Windows is signed out.');
    await isFocused(here, '#devices-title');
    expect(await here.devices().count()).toBe(1);

    await there.field('Item').fill('Halva');
    await there.button('Add to cart').click();
    await there.says(
      'You were signed out from another device. Sign in to go on. Your cart is empty now.',
    );
    await isFocused(there, '#username');
    expect(await there.heading('Your devices').isVisible()).toBe(false);
    expect(await there.cart().count()).toBe(0);
    expect(await there.field('Item').inputValue()).toBe('Halva');

    await there.signIn();
    await there.says('Welcome, ada.');
    expect(await there.devices().count()).toBe(2);
    await here.page.reload();
    await here.devices().nth(1).waitFor();
  });

  it('are all ended except this one, after the password was given', async () => {
    const there = await signedIn({ userAgent: FIREFOX_ON_WINDOWS });
    await signInElsewhere(CHROME_ON_ANDROID);
    const here = await signedIn();
    await here.button('Sign out all other devices').click();
    const dialog = here.page.getByRole('dialog', { name: 'Sign out all other devices' });
    await dialog.waitFor();
    await isFocused(here, '#confirm-password');

    await here.page.keyboard.type('guess');
    await here.page.keyboard.press('Enter');
    await here.warns('The password is wrong.');
    await isFocused(here, '#confirm-password');
    expect(await here.field('Your password').getAttribute('aria-invalid')).toBe('true');
    expect(await here.page.locator('.device').count()).toBe(3);

    await here.page.keyboard.type('lovelace');
    await here.button('Sign them out').click();
    await here.says('2 other devices are signed out.');
    expect(await dialog.count()).toBe(0);
    await isFocused(here, '#devices-title');
    expect(await here.devices().count()).toBe(1);
    await there.field('Item').fill('Halva');
    await there.button('Add to cart').click();
    await there.says('You were signed out from another device.');
  });
});

describe('the devices on the page', () => {
  beforeEach(startOn(() => startQuickstart()));

  it('are only this one, with nothing to end, for a user who is signed in once', async () => {
    const here = await signedIn();
    expect(await here.devices().count()).toBe(1);
    expect(await here.devices().textContent()).toMatch(
      /^Chrome \d+ on Linux This deviceIn use nowSigned in .*\d{4}.*From 127\.0\.0\.1$/,
    );
    expect(await here.devices().getByRole('button').count()).toBe(0);
    expect(await here.button('Sign out all other devices').count()).toBe(0);
    await here.page.getByText('You are not signed in anywhere else.').waitFor();
  });

  it.each(['reload', 'return to'])('say on %s that this one was ended', async (how) => {
    const there = await signedIn();
    const here = await signedIn({ userAgent: SAFARI_ON_IPHONE });
    await here.signOut(/^Sign out Chrome/);
    await here.says('is signed out.');
    if (how === 'reload') await there.page.reload();
    else await there.page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await there.says('You were signed out from another device.');
    await there.heading('Sign in').waitFor();
  });

  it('say that this one was not used for a while', async () => {
    const here = await signedIn({ viewport: { width: 320, height: 360 } });
    await here.add('Tahini');
    jest.mocked(Date.now).mockReturnValue(Date.now() + 31 * MINUTE);
    await here.field('Item').fill('Halva');
    await here.button('Add to cart').click();
    await here.says(
      'You were signed out, because this session was not used for a while. Your cart is empty now.',
    );
    await isFocused(here, '#username');
    expect(await here.covers('User name')).toBe(false);
  });

  it('are shown as they are when one has been ended in the meantime', async () => {
    const there = await signedIn({ userAgent: FIREFOX_ON_WINDOWS });
    const here = await signedIn();
    await there.button('Sign out').click();
    await there.says('You are signed out.');
    await here.signOut('Firefox 140 on Windows');
    await here.says('Firefox 140 on Windows is signed out.');
    expect(await here.devices().count()).toBe(1);
  });

  it('stay as they are when the password is not given', async () => {
    await signInElsewhere(FIREFOX_ON_WINDOWS);
    const here = await signedIn();
    for (const cancel of [
      () => here.page.keyboard.press('Escape'),
      () => here.button('Cancel').click(),
    ]) {
      await here.button('Sign out all other devices').press('Enter');
      await isFocused(here, '#confirm-password');
      await here.page.keyboard.type('guess');
      await here.page.keyboard.press('Enter');
      await here.warns('The password is wrong.');
      await cancel();
      await isFocused(here, '#end-others');
      expect(await here.page.getByRole('dialog').count()).toBe(0);
      // A dialog reports that it has closed a moment after it has.
      await until(async () => (await here.page.locator('#confirm-password').inputValue()) === '');
      expect(await here.page.locator('#confirm-error').textContent()).toBe('');
    }
    await here.page.reload();
    await here.devices().nth(1).waitFor();
  });

  it.each([
    ['just now', 0],
    ['long ago', 6 * MINUTE],
  ])('ask for the password before one is ended, though it was given %s', async (_when, age) => {
    await signInElsewhere(FIREFOX_ON_WINDOWS);
    const here = await signedIn();
    jest.mocked(Date.now).mockReturnValue(Date.now() + age);
    await here.button('Sign out Firefox 140 on Windows').click();
    const dialog = here.page.getByRole('dialog', { name: 'Sign out Firefox 140 on Windows' });
    await dialog.waitFor();
    await here.field('Your password').fill('lovelace');
    await here.button('Sign it out').click();
    await here.says('Firefox 140 on Windows is signed out.');
    expect(await dialog.count()).toBe(0);
    await isFocused(here, '#devices-title');
    expect(await here.devices().count()).toBe(1);
  });

  it('ask in vain when this one has been ended in the meantime', async () => {
    const there = await signedIn({ userAgent: FIREFOX_ON_WINDOWS });
    const here = await signedIn();
    await there.page.reload();
    await there.button('Sign out all other devices').click();
    await here.signOut('Firefox 140 on Windows');
    await here.says('is signed out.');
    await there.field('Your password').fill('lovelace');
    await there.button('Sign them out').click();
    await there.says('You were signed out from another device.');
    expect(await there.page.getByRole('dialog').count()).toBe(0);
    await isFocused(there, '#username');
  });

  it('are distinguished by name for users who cannot see them, and fit into 360 pixels', async () => {
    await signInElsewhere(`${'W'.repeat(80)}/7 (x)`);
    const here = await signedIn({ viewport: { width: 360, height: 740 } });
    const end = here.button(`Sign out ${'W'.repeat(80)} 7`);
    const description = await end.getAttribute('aria-describedby');
    expect(await here.page.locator(`[id="${description}"]`).textContent()).toContain('Last seen');
    expect(await here.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await here.button('Sign out all other devices').click();
    expect(await here.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

const folder = process.env['SCREENSHOT_DIR'];

if (folder !== undefined) {
  const desktop = { width: 1100, height: 900 };
  const mobile = { width: 360, height: 740 };

  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light', viewport: desktop }],
    ['dark', { colorScheme: 'dark', viewport: desktop }],
    ['mobile-light', { colorScheme: 'light', viewport: mobile }],
    ['mobile-dark', { colorScheme: 'dark', viewport: mobile }],
  ])('sit for their picture: %s', async (name, options) => {
    await startOn(() => startQuickstart())();
    const now = Date.now();
    for (const [age, userAgent] of [
      [24, SAFARI_ON_IPHONE],
      [9, FIREFOX_ON_WINDOWS],
      [2, CHROME_ON_ANDROID],
    ] as const) {
      jest.mocked(Date.now).mockReturnValue(now - age * MINUTE);
      await signInElsewhere(userAgent);
    }
    jest.mocked(Date.now).mockReturnValue(now);
    const here = await signedIn(options);
    const shoot = (state: string, fullPage = false) =>
      here.page.screenshot({ path: join(folder, `${name}-devices-${state}.png`), fullPage });
    await here.add('Tahini');
    await shoot('list', true);
    await here.button('Sign out all other devices').click();
    await isFocused(here, '#confirm-password');
    await shoot('password');
    await here.page.keyboard.type('guess');
    await here.page.keyboard.press('Enter');
    await here.warns('The password is wrong.');
    await shoot('wrong-password');
    await here.page.keyboard.type('lovelace');
    await here.page.keyboard.press('Enter');
    await here.says('3 other devices are signed out.');
    await shoot('ended');
    const there = await signedIn({ userAgent: FIREFOX_ON_WINDOWS });
    await there.signOut(/^Sign out Chrome/);
    await there.says('is signed out.');
    await here.field('Item').fill('Halva');
    await here.button('Add to cart').click();
    await here.says('You were signed out from another device.');
    await shoot('signed-out-elsewhere');
  });
}
