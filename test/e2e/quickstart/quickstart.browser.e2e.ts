import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, ConsoleMessage, Page } from 'playwright-core';
import { startQuickstart } from './start-quickstart.js';
import type { Quickstart } from './start-quickstart.js';

const LAUNCH_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PATIENCE = 60_000;

let quickstart: Quickstart;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  quickstart = await startQuickstart();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: LAUNCH_ARGUMENTS,
  });
}, PATIENCE);

afterAll(async () => {
  await browser?.close();
  await quickstart?.close();
}, PATIENCE);

beforeEach(() => open(), PATIENCE);

afterEach(async () => {
  await page.context().close();
  expect(faults).toEqual([]);
});

async function open(options: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'log' && !isRefusal(message)) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(quickstart.url)) faults.push(`left the site: ${request.url()}`);
  });
  await page.goto(quickstart.url);
  await heading('Sign in').waitFor();
}

/** Chromium itself reports these answers; 401 is how the page learns that nobody is signed in. */
function isRefusal(message: ConsoleMessage): boolean {
  return /the server responded with a status of 40[01]/.test(message.text());
}

const heading = (name: string) => page.getByRole('heading', { name, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const cart = () => page.getByRole('list', { name: 'Cart' }).getByRole('listitem');
const fact = (term: string) =>
  page.locator('.facts > div').filter({ has: page.getByText(term, { exact: true }) });

async function add(item: string): Promise<void> {
  await page.getByLabel('Item').fill(item);
  await button('Add to cart').click();
  await cart().filter({ hasText: item }).waitFor();
}

async function signIn(password = 'lovelace'): Promise<void> {
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
}

describe('the page', () => {
  it('takes a visitor from a filled cart through sign-in and reload to sign-out', async () => {
    await add('Tahini');
    await signIn();
    await heading('This session').waitFor();
    expect(await cart().allTextContents()).toEqual(['Tahini']);
    expect(await fact('Signed in as').textContent()).toContain('ada');
    expect(await fact('Browser').textContent()).toMatch(/Chrome \d+ on Linux/);
    expect(await fact('Ends').textContent()).toContain('30 minutes without use');
    expect(await fact('Since').textContent()).toMatch(/\d{4}/);
    expect(await button('Sign in').isVisible()).toBe(false);

    await page.reload();
    await heading('This session').waitFor();
    await add('Halva');
    expect(await cart().allTextContents()).toEqual(['Tahini', 'Halva']);

    await button('Sign out').click();
    await heading('Sign in').waitFor();
    await page.getByRole('status').filter({ hasText: 'You are signed out.' }).waitFor();
    expect(await cart().count()).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('keeps the session out of reach of scripts', async () => {
    await signIn();
    await heading('This session').waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ name: 'connect.sid', httpOnly: true, sameSite: 'Lax' }]);
  });

  it('says in plain words that a password is wrong, and lets the visitor type it again', async () => {
    await signIn('guess');
    const fault = page.getByRole('alert').filter({ hasText: 'The user name or the password' });
    await fault.waitFor();
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.type('lovelace');
    await page.keyboard.press('Enter');
    await heading('This session').waitFor();
  });

  it('says that an item needs a name', async () => {
    await page.getByLabel('Item').fill('   ');
    await button('Add to cart').click();
    await page.getByRole('alert').filter({ hasText: 'Name the item' }).waitFor();
  });

  it('shows what a visitor typed as text', async () => {
    await add('<b onclick="x()">Tahini</b>');
    expect(await cart().locator('b').count()).toBe(0);
  });

  it('shows the sign-in form again when the session is gone', async () => {
    await signIn();
    await heading('This session').waitFor();
    await page.context().clearCookies();
    await page.reload();
    await heading('Sign in').waitFor();
  });

  it('says so when the server cannot be reached', async () => {
    await page.route('**/cart', (route) => route.abort());
    faults = [];
    await page.getByLabel('Item').fill('Tahini');
    await button('Add to cart').click();
    await page.getByRole('alert').filter({ hasText: 'The server cannot be reached' }).waitFor();
    faults = faults.filter((fault) => !fault.includes('net::ERR_FAILED'));
  });
});

describe('for everybody', () => {
  it('has a language, a title, one main heading and a name for every control', async () => {
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toBe('Sesame quickstart');
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
    const controls = await page.locator('input').all();
    expect(controls).toHaveLength(3);
    for (const control of controls) {
      const id = await control.getAttribute('id');
      expect(await page.locator(`label[for="${id}"]`).count()).toBe(1);
    }
  });

  it('works by keyboard alone, and the focus follows what happens', async () => {
    await page.keyboard.press('Tab');
    await page.keyboard.type('Tahini');
    await page.keyboard.press('Enter');
    await cart().filter({ hasText: 'Tahini' }).waitFor();
    await page.keyboard.press('Tab'); // the button
    await page.keyboard.press('Tab');
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('lovelace');
    await page.keyboard.press('Enter');
    await page.locator('#session-title:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#username:focus').waitFor();
  });

  it('fits a screen 360 pixels wide, however long a word is', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await add('W'.repeat(80));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
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
      page.screenshot({ path: join(folder, `${name}-${state}.png`), fullPage: true });
    await page.context().close();
    await open(options);
    await shoot('signed-out');
    await add('Tahini');
    await add('Black sesame seeds, 250 g');
    await signIn('guess');
    await page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor();
    await shoot('wrong-password');
    await signIn();
    await heading('This session').waitFor();
    await shoot('signed-in');
  });
}
