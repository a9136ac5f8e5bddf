import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import { QuickstartPage } from './quickstart-page.js';
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

describe('the page, for everybody,', () => {
  it('has a language, a title, one main heading and a name for every control', async () => {
    expect(await visitor.page.locator('html').getAttribute('lang')).toBe('en');
    expect(await visitor.page.title()).toBe('Sesame quickstart');
    expect(await visitor.page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await visitor.page.getByRole('main').count()).toBe(1);
    const controls = await visitor.page.locator('input:not([hidden])').all();
    expect(controls).toHaveLength(5);
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

  it.each([320, 360])('fits a screen %i pixels wide, however long a word is', async (width) => {
    await visitor.page.setViewportSize({ width, height: 740 });
    await visitor.add('W'.repeat(80));
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it.each([
    [320, 'active'],
    [768, 'active'],
    [320, 'none'],
    [1280, 'none'],
  ] as const)(
    'shows nothing where a message will appear, at %i pixels with forced colours %s',
    async (width, forcedColors) => {
      await visitor.close();
      await open({ forcedColors, viewport: { width, height: 800 } });
      const asItIs = await visitor.page.screenshot({ fullPage: true });
      await visitor.page
        .locator('#status')
        .evaluate((status) => Reflect.set(status, 'hidden', true));
      const without = await visitor.page.screenshot({ fullPage: true });
      expect(asItIs.equals(without)).toBe(true);
    },
  );

  it.each([320, 768])(
    'does not cover a field or its label with a message, at %i pixels',
    async (width) => {
      await visitor.page.setViewportSize({ width, height: 360 });
      await visitor.add('Tahini');
      await visitor.signIn();
      await visitor.heading('This session').waitFor();
      await visitor.button('Sign out').click();
      await visitor.page.locator('#username:focus').waitFor();
      expect(await visitor.covers('User name')).toBe(false);
    },
  );

  it('removes a message when the visitor carries on', async () => {
    await visitor.add('Tahini');
    await visitor.says('Tahini is in your cart.');
    await visitor.heading('Cart').click();
    expect(await visitor.page.getByRole('status').textContent()).toBe('');
  });

  it('says what it needs without JavaScript, and offers nothing that would not work', async () => {
    await visitor.close();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(quickstart.url);
    await page.locator('noscript p').filter({ hasText: 'This page needs JavaScript.' }).waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('textbox').count()).toBe(0);
    await context.close();
  });
});
