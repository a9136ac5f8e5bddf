import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium, QuickstartPage } from './quickstart-page.js';
import { startQuickstart } from './start-quickstart.js';
import type { Quickstart } from './start-quickstart.js';

const PATIENCE = 60_000;

let quickstart: Quickstart;
let browser: Browser;
let visitor: QuickstartPage;

beforeAll(async () => {
  quickstart = await startQuickstart();
  browser = await launchChromium();
}, PATIENCE);

afterAll(async () => {
  await browser?.close();
  await quickstart?.close();
}, PATIENCE);

beforeEach(() => open(), PATIENCE);

afterEach(async () => {
  await visitor.close();
  expect(visitor.faults).toEqual([]);
});

async function open(options: BrowserContextOptions = {}): Promise<void> {
  visitor = await QuickstartPage.open(browser, quickstart.url, options);
}

describe('the page', () => {
  it('takes a visitor from a filled cart through sign-in and reload to sign-out', async () => {
    await visitor.add('Tahini');
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    expect(await visitor.cart().allTextContents()).toEqual(['Tahini']);
    expect(await visitor.fact('Signed in as').textContent()).toContain('ada');
    expect(await visitor.fact('Ends').textContent()).toContain('30 minutes without use');
    expect(await visitor.fact('Since').textContent()).toMatch(/\d{4}/);
    expect(await visitor.button('Sign in').isVisible()).toBe(false);

    await visitor.page.reload();
    await visitor.heading('This session').waitFor();
    await visitor.add('Halva');
    expect(await visitor.cart().allTextContents()).toEqual(['Tahini', 'Halva']);

    await visitor.button('Sign out').click();
    await visitor.heading('Sign in').waitFor();
    await visitor.says('You are signed out.');
    expect(await visitor.cart().count()).toBe(0);
    expect(await visitor.page.context().cookies()).toEqual([]);
  });

  it('keeps the session out of reach of scripts', async () => {
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    const cookies = await visitor.page.context().cookies();
    expect(cookies).toMatchObject([{ name: 'connect.sid', httpOnly: true, sameSite: 'Lax' }]);
  });

  it('says in plain words that a password is wrong, and lets the visitor type it again', async () => {
    await visitor.signIn('guess');
    await visitor.warns('The user name or the password');
    expect(await visitor.field('Password').getAttribute('aria-invalid')).toBe('true');
    await visitor.page.keyboard.type('lovelace');
    await visitor.page.keyboard.press('Enter');
    await visitor.heading('This session').waitFor();
  });

  it('says that an item needs a name', async () => {
    await visitor.field('Item').fill('   ');
    await visitor.button('Add to cart').click();
    await visitor.warns('Name the item');
  });

  it('shows what a visitor typed as text', async () => {
    await visitor.add('<b onclick="x()">Tahini</b>');
    expect(await visitor.cart().locator('b').count()).toBe(0);
  });

  it('shows the sign-in form again when the session is gone', async () => {
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    await visitor.page.context().clearCookies();
    await visitor.page.reload();
    await visitor.heading('Sign in').waitFor();
  });

  it('says so when the server cannot be reached', async () => {
    await visitor.page.route('**/cart', (route) => route.abort());
    visitor.faults = [];
    await visitor.field('Item').fill('Tahini');
    await visitor.button('Add to cart').click();
    await visitor.warns('The server cannot be reached');
    visitor.faults = visitor.faults.filter((fault) => !fault.includes('net::ERR_FAILED'));
  });
});

describe('for everybody', () => {
  it('has a language, a title, one main heading and a name for every control', async () => {
    expect(await visitor.page.locator('html').getAttribute('lang')).toBe('en');
    expect(await visitor.page.title()).toBe('Sesame quickstart');
    expect(await visitor.page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await visitor.page.getByRole('main').count()).toBe(1);
    const controls = await visitor.page.locator('input:not([hidden])').all();
    expect(controls).toHaveLength(4);
    for (const control of controls) {
      const id = await control.getAttribute('id');
      expect(await visitor.page.locator(`label[for="${id}"]`).count()).toBe(1);
    }
  });

  it('works by keyboard alone, and the focus follows what happens', async () => {
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.type('Tahini');
    await visitor.page.keyboard.press('Enter');
    await visitor.cart().filter({ hasText: 'Tahini' }).waitFor();
    await visitor.page.keyboard.press('Tab'); // the button
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.type('ada');
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.type('lovelace');
    await visitor.page.keyboard.press('Enter');
    await visitor.page.locator('#session-title:focus').waitFor();
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.press('Enter');
    await visitor.page.locator('#username:focus').waitFor();
  });

  it('fits a screen 360 pixels wide, however long a word is', async () => {
    await visitor.page.setViewportSize({ width: 360, height: 740 });
    await visitor.add('W'.repeat(80));
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

const folder = process.env['SCREENSHOT_DIR'];

if (folder !== undefined) {
  const desktop = { width: 1100, height: 760 };
  const mobile = { width: 360, height: 740 };

  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light', viewport: desktop }],
    ['dark', { colorScheme: 'dark', viewport: desktop }],
    ['mobile-light', { colorScheme: 'light', viewport: mobile }],
    ['mobile-dark', { colorScheme: 'dark', viewport: mobile }],
  ])('sits for its picture: %s', async (name, options) => {
    const shoot = (state: string) =>
      visitor.page.screenshot({ path: join(folder, `${name}-${state}.png`), fullPage: true });
    await visitor.close();
    await open(options);
    await shoot('signed-out');
    await visitor.add('Tahini');
    await visitor.add('Black sesame seeds, 250 g');
    await visitor.signIn('guess');
    await visitor.warns('password is wrong');
    await shoot('wrong-password');
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    await shoot('signed-in');
  });
}
