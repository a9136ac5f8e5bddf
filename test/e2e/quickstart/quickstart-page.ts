import type {
  Browser,
  BrowserContextOptions,
  ConsoleMessage,
  Locator,
  Page,
} from 'playwright-core';
import { until } from '../../support/until.js';

/** The page as one visitor sees it, in a browser context with cookies of its own. */
export class QuickstartPage {
  /** What went wrong that the page should have dealt with. */
  faults: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<QuickstartPage> {
    const visitor = await QuickstartPage.blank(browser, url, options);
    await visitor.page.goto(url);
    await visitor.heading('Sign in').waitFor();
    return visitor;
  }

  /** The page of a browser in which ada has signed in before, without the form. */
  static async openSignedIn(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<QuickstartPage> {
    const visitor = await QuickstartPage.blank(browser, url, options);
    const userAgent = await visitor.page.evaluate<string>('navigator.userAgent');
    await visitor.page.request.post(new URL('/login', url).href, {
      data: { username: 'ada', password: 'lovelace' },
      headers: { 'User-Agent': userAgent },
      failOnStatusCode: true,
    });
    await visitor.page.goto(url);
    await visitor.heading('Your devices').waitFor();
    return visitor;
  }

  private static async blank(
    browser: Browser,
    url: string,
    options: BrowserContextOptions,
  ): Promise<QuickstartPage> {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    context.setDefaultTimeout(10_000);
    const visitor = new QuickstartPage(await context.newPage());
    visitor.watch(url);
    return visitor;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  fact(term: string): Locator {
    const name = this.page.getByText(term, { exact: true });
    return this.page.locator('.facts > div').filter({ has: name });
  }

  cart(): Locator {
    return this.page.getByRole('list', { name: 'Cart' }).getByRole('listitem');
  }

  /** What the cart holds, item by item. */
  inCart(): Promise<string[]> {
    return this.cart().locator('.item-name').allTextContents();
  }

  devices(): Locator {
    return this.page.getByRole('list', { name: 'Your devices' }).getByRole('listitem');
  }

  /** Waits until the page says so. */
  async says(words: string): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: words }).waitFor();
  }

  /** Waits until the page warns of it. */
  async warns(words: string): Promise<void> {
    await this.page.getByRole('alert').filter({ hasText: words }).waitFor();
  }

  async add(item: string): Promise<void> {
    await this.field('Item').fill(item);
    await this.button('Add to cart').click();
    await this.cart().filter({ hasText: item }).waitFor();
  }

  /** Whether the page's message covers this label once its field has the focus. */
  async covers(label: string): Promise<boolean> {
    await this.field(label).blur();
    await this.page.mouse.wheel(0, (await this.gapBelowMessage(label)) + 10);
    await until(async () => (await this.gapBelowMessage(label)) < 0);
    await this.field(label).focus();
    return (await this.gapBelowMessage(label)) < 0;
  }

  /** Signs one of the other devices out, with the password that the page asks for. */
  async signOut(device: string | RegExp): Promise<void> {
    const name = typeof device === 'string' ? `Sign out ${device}` : device;
    await this.devices().getByRole('button', { name }).click();
    await this.field('Your password').fill('lovelace');
    await this.button('Sign it out').click();
  }

  async signIn(password = 'lovelace'): Promise<void> {
    await this.field('User name').fill('ada');
    await this.field('Password').fill(password);
    await this.button('Sign in').click();
  }

  /** How many pixels are between the message of the page and a label below it. */
  private async gapBelowMessage(label: string): Promise<number> {
    const message = await this.page.getByRole('status').boundingBox();
    const text = await this.page.locator('label').filter({ hasText: label }).boundingBox();
    if (message === null || text === null) throw new Error(`${label} or the message is not shown.`);
    return text.y - message.y - message.height;
  }

  private watch(url: string): void {
    this.page.on('pageerror', (error) => this.faults.push(error.message));
    this.page.on('console', (message) => {
      if (message.type() !== 'log' && !isRefusal(message)) this.faults.push(message.text());
    });
    this.page.on('request', (request) => {
      if (!request.url().startsWith(url)) this.faults.push(`left the site: ${request.url()}`);
    });
  }
}

/** Chromium itself reports these answers; 401 is how the page learns that nobody is signed in. */
function isRefusal(message: ConsoleMessage): boolean {
  return /the server responded with a status of 40[014]/.test(message.text());
}
