import { join } from 'node:path';
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

describe('the page', () => {
  it('takes a visitor from a filled cart through sign-in and reload to sign-out', async () => {
    await visitor.add('Tahini');
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    expect(await visitor.inCart()).toEqual(['Tahini']);
    expect(await visitor.fact('Signed in as').textContent()).toContain('ada');
    expect(await visitor.fact('Ends').textContent()).toContain('30 minutes without use');
    expect(await visitor.fact('Since').textContent()).toMatch(/\d{4}/);
    expect(await visitor.button('Sign in').isVisible()).toBe(false);

    await visitor.page.reload();
    await visitor.heading('This session').waitFor();
    await visitor.add('Halva');
    expect(await visitor.inCart()).toEqual(['Tahini', 'Halva']);

    await visitor.button('Sign out').click();
    await visitor.heading('Sign in').waitFor();
    await visitor.says('You are signed out. Your cart is empty now.');
    expect(await visitor.cart().count()).toBe(0);
    expect(await visitor.page.context().cookies()).toEqual([]);
  });

  it('does not mention a cart that was empty at sign-out', async () => {
    await visitor.signIn();
    await visitor.button('Sign out').click();
    await visitor.says('You are signed out.');
    expect(await visitor.page.getByRole('status').textContent()).toBe('You are signed out.');
  });

  it('takes one item out of the cart, and leaves others of the same name', async () => {
    for (const item of ['Tahini', '..', 'Halva']) await visitor.add(item);
    await visitor.field('Item').fill('Tahini');
    await visitor.button('Add to cart').click();
    await visitor.cart().nth(3).waitFor();
    await visitor.button('Remove ..').press('Enter');
    await visitor.says('.. is no longer in your cart.');
    await visitor.page.locator('#cart-title:focus').waitFor();
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.press('Enter');
    await visitor.says('Tahini is no longer in your cart.');
    expect(await visitor.inCart()).toEqual(['Halva', 'Tahini']);
    await visitor.page.reload();
    await visitor.button('Remove Halva').waitFor();
    expect(await visitor.inCart()).toEqual(['Halva', 'Tahini']);
  });

  it('takes no item out of another cart when the session was ended elsewhere', async () => {
    await visitor.add('Tahini');
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    await visitor.page.context().clearCookies();
    await visitor.button('Remove Tahini').click();
    await visitor.says('You are no longer signed in. Your cart is empty now.');
    await visitor.page.locator('#username:focus').waitFor();
  });

  it('keeps a visitor who asks for it signed in for 30 days, and says so', async () => {
    const earliest = Date.now();
    await visitor.field('Keep me signed in for 30 days').check();
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    expect(await visitor.fact('Ends').textContent()).toMatch(/\d{4}, \d\d:\d\d, used or not\s*$/);
    expect(await visitor.fact('At the latest').isVisible()).toBe(false);
    const [cookie] = await visitor.page.context().cookies();
    const days = ((cookie?.expires ?? 0) * 1_000 - earliest) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);

    await visitor.button('Sign out').click();
    await visitor.heading('Sign in').waitFor();
    expect(await visitor.field('Keep me signed in for 30 days').isChecked()).toBe(false);
    await visitor.signIn();
    await visitor.heading('This session').waitFor();
    expect(await visitor.fact('At the latest').isVisible()).toBe(true);
    expect(await visitor.page.context().cookies()).toMatchObject([{ expires: -1 }]);
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
