import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/servers/free-port.js';
import { Consumer } from './consumer.js';
import { codeBlocks, filesOf, pages, readPage, root } from './markdown.js';
import { testBrowsers } from './recipes/browsers.js';
import { testMoving } from './recipes/moving.js';
import { testPresets } from './recipes/presets.js';
import { testRequests } from './recipes/requests.js';
import { testSignIn } from './recipes/sign-in.js';

let consumer: Consumer;

beforeAll(() => {
  consumer = new Consumer();
}, 60_000);

afterAll(() => consumer.remove());

describe('Examples', () => {
  it.each(pages.filter((page) => codeBlocks(page, 'ts').length > 0))(
    'in %s compile as pasted',
    (page) => {
      const files = filesOf(page);

      expect(files.size).toBe(codeBlocks(page, 'ts').length); // each file once
      expect(consumer.compile(page.replaceAll(/\W/g, '-'), files)).toEqual([]);
    },
    60_000,
  );

  it('in all pages that hold code are fenced as ts, sh, json, text or mermaid', () => {
    const known = /^```(ts|sh|json|text|mermaid)?$/;
    const fences = pages.flatMap((page) => readPage(page).match(/^```.*$/gm) ?? []);

    expect(fences.filter((fence) => !known.test(fence))).toEqual([]);
  });

  it('in the README install the file that npm pack creates', () => {
    const { name, version }: { name: string; version: string } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );

    expect(readPage('README.md')).toContain(`npm install ../${name}/${name}-${version}.tgz `);
  });
});

// These are here to share the library that is built for the examples.
for (const testRecipes of [testSignIn, testBrowsers, testRequests, testPresets, testMoving]) {
  testRecipes(() => consumer);
}

/** What the Nest CLI generates beside the file that is pasted. */
const GENERATED_MAIN = `
  import { NestFactory } from '@nestjs/core';
  import { AppModule } from './app.module.js';

  async function bootstrap() {
    const app = await NestFactory.create(AppModule);
    await app.listen(process.env.PORT ?? 3000);
  }
  await bootstrap();
`;

describe("The README's five-minute example", () => {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const files = filesOf('README.md').set('src/main.ts', GENERATED_MAIN);
    const diagnostics = consumer.compile('five-minutes', files);
    if (diagnostics.length > 0) throw new Error(diagnostics.join('\n'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn(process.execPath, ['dist/main.js'], {
      cwd: consumer.appFolder('five-minutes'),
      env: { ...process.env, PORT: String(port), SESSION_SECRET: 's'.repeat(32), NODE_ENV: 'test' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await answers(url, server);
  }, 60_000);

  afterAll(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, 'exit');
  });

  it('keeps a cart through the sign-in, and ends the session at the sign-out', async () => {
    const browser = new Browser(url);

    expect(await browser.post('/cart', { item: 'tea' })).toEqual([201, ['tea']]);
    const anonymous = browser.cookie;
    expect(await browser.get('/me')).toEqual([
      401,
      expect.objectContaining({ reason: 'anonymous' }),
    ]);
    expect(await browser.post('/login', { username: 'ada', password: 'wrong' })).toEqual([
      401,
      expect.anything(),
    ]);
    expect(await browser.post('/login', { username: 'ada', password: 'lovelace' })).toEqual([
      200,
      { userId: 'ada' },
    ]);
    expect(browser.cookie).not.toBe(anonymous);
    expect(await browser.get('/me')).toEqual([200, { userId: 'ada' }]);
    expect(await browser.get('/cart')).toEqual([200, ['tea']]);

    const signedIn = browser.cookie;
    expect(await browser.post('/logout', {})).toEqual([204, undefined]);
    expect(browser.cookie).toBe('connect.sid=');
    browser.cookie = signedIn;
    expect(await browser.get('/me')).toEqual([401, expect.objectContaining({ reason: 'expired' })]);
  });

  it('has an answer to requests without what it reads', async () => {
    const browser = new Browser(url);
    expect(await browser.post('/cart', {})).toEqual([201, ['tea']]);
    expect(await browser.post('/login', {})).toEqual([401, expect.anything()]);
    // With no body at all, as curl -X POST sends it.
    const response = await fetch(`${url}/cart`, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([201, ['tea']]);
  });
});

/** As much of a browser as the flow needs: one that sends forms and keeps one cookie. */
class Browser {
  cookie = '';

  constructor(private readonly url: string) {}

  async get(path: string): Promise<[number, unknown]> {
    return this.send(path, {});
  }

  async post(path: string, form: Record<string, string>): Promise<[number, unknown]> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(form) });
  }

  private async send(path: string, init: RequestInit): Promise<[number, unknown]> {
    const response = await fetch(this.url + path, { ...init, headers: { cookie: this.cookie } });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.slice(0, cookie.indexOf(';'));
    const body = await response.text();
    return [response.status, body === '' ? undefined : JSON.parse(body)];
  }
}

/** Resolves when the server answers. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    try {
      await fetch(`${url}/cart`);
      return;
    } catch {
      await wait(50);
    }
  }
  throw new Error(`The application ended with exit code ${server.exitCode}.`);
}
