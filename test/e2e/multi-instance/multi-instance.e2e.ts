import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
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
import { Browser } from '../../support/browser.js';
import type { Answer } from '../../support/browser.js';
import { buildSample } from '../../support/built-sample.js';
import type { BuiltSample } from '../../support/built-sample.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { isRunning, RunningSample } from './running-sample.js';

const ADA = { username: 'ada', password: 'lovelace' };

// Compilers and processes take their time on a busy machine.
jest.setTimeout(60_000);

let redis: RedisServer;
let built: BuiltSample;

beforeAll(async () => {
  [redis, built] = await Promise.all([RedisServer.start(), buildSample('multi-instance')]);
});

afterAll(async () => {
  await redis.stop();
  await built.remove();
});

/** The same browser at another address: it sends the cookies that it has by now. */
const at = (origin: string, browser: Browser): Browser =>
  new Browser(origin, new Map([['connect.sid', browser.cookie() ?? '']]));

const put = (browser: Browser, path: string, body: object): Promise<Answer> =>
  browser.post(path, body, { method: 'PUT' });

const servedBy = ({ headers }: Answer): number => Number(headers.get('x-instance'));

describe('two instances on one Redis', () => {
  let sample: RunningSample;

  beforeAll(async () => {
    sample = await RunningSample.start(built.dist, redis.url);
  });

  afterAll(async () => {
    await sample.stop();
  });

  it('each know who signed in on the other', async () => {
    const [one, two] = sample.instances;
    const browser = new Browser(one.origin);
    expect((await browser.post('/login', ADA)).status).toBe(200);
    const answer = await at(two.origin, browser).get('/me');
    expect(answer).toMatchObject({ status: 200, body: { username: 'ada' } });
    expect(servedBy(answer)).toBe(two.pid);
  });

  it('answer in turn behind the proxy, as one application', async () => {
    const browser = new Browser(sample.proxy);
    await browser.post('/cart', { item: 'Tahini' });
    await browser.post('/login', ADA);
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await browser.get('/me'));
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => ({ username: 'ada' })));
    const [one, two] = sample.instances;
    expect(answers.map(servedBy).slice(0, 2).toSorted()).toEqual([one.pid, two.pid].toSorted());
    expect(answers.map(servedBy).slice(2)).toEqual(answers.map(servedBy).slice(0, 2));
    expect((await browser.get('/cart')).body).toEqual({ items: ['Tahini'] });
  });

  it('keep everything that parallel requests store', async () => {
    const browser = new Browser(sample.proxy);
    await browser.post('/login', ADA);
    const preferences = { theme: 'dark', language: 'en', currency: 'GBP', timezone: 'UTC' };
    const items = Array.from({ length: 20 }, (_, index) => `item ${index}`);
    const answers = await Promise.all([
      ...items.map((item) => browser.post('/cart', { item })),
      ...Object.entries(preferences).map(([name, value]) =>
        put(browser, `/preferences/${name}`, { value }),
      ),
    ]);
    expect(new Set(answers.map(servedBy)).size).toBe(2);
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    expect((await browser.get('/preferences')).body).toEqual(preferences);
    const { body } = await browser.get('/cart');
    expect(body).toEqual({ items: expect.arrayContaining(items) });
    expect(body).toMatchObject({ items: { length: items.length } });
  });

  it('are signed out together', async () => {
    const [one, two] = sample.instances;
    const browser = new Browser(one.origin);
    await browser.post('/login', ADA);
    const elsewhere = at(two.origin, browser);
    expect((await elsewhere.get('/me')).status).toBe(200);
    expect((await browser.copy().post('/logout')).status).toBe(204);
    expect((await elsewhere.get('/me')).status).toBe(401);
    expect((await at(one.origin, elsewhere).get('/me')).status).toBe(401);
    expect((await at(sample.proxy, elsewhere).get('/me')).status).toBe(401);
  });

  it('learn from the proxy how a request arrived, so that the cookie fits', async () => {
    const { setCookies } = await new Browser(sample.proxy).post('/login', ADA);
    expect(setCookies).toEqual([expect.not.stringContaining('Secure')]);
    const [one] = sample.instances;
    const headers = { 'content-type': 'application/json', 'x-forwarded-proto': 'https' };
    const overTls = await new Browser(one.origin).post('/login', ADA, { headers });
    expect(overTls.setCookies).toEqual([expect.stringContaining('Secure')]);
    // What a client claims about itself does not get past the proxy.
    const claimed = await new Browser(sample.proxy).post('/login', ADA, { headers });
    expect(claimed.setCookies).toEqual([expect.not.stringContaining('Secure')]);
  });
});

describe('start.ts', () => {
  let sample: RunningSample;

  beforeEach(async () => {
    sample = await RunningSample.start(built.dist, redis.url);
  });

  afterEach(async () => {
    await sample.stop();
  });

  it('stops everything on SIGINT', async () => {
    expect(await sample.stop('SIGINT')).toBe(0);
    expect(sample.instances.filter(({ pid }) => isRunning(pid))).toEqual([]);
    await expect(fetch(sample.proxy)).rejects.toThrow();
  });

  it('keeps running with one instance when the other crashes, and stops that one on SIGTERM', async () => {
    const [one, two] = sample.instances;
    const browser = new Browser(sample.proxy);
    await browser.post('/login', ADA);
    process.kill(one.pid, 'SIGKILL');
    while (isRunning(one.pid)) await setTimeout(10);
    for (let count = 0; count < 4; count += 1) {
      const answer = await browser.get('/me');
      expect(answer).toMatchObject({ status: 200, body: { username: 'ada' } });
      expect(servedBy(answer)).toBe(two.pid);
    }
    expect(await sample.stop('SIGTERM')).toBe(0);
    expect(isRunning(two.pid)).toBe(false);
  });
});

it('start.ts says what to do when there is no Redis', async () => {
  const { REDIS_URL: _url, ...env } = process.env;
  const start = promisify(execFile)(process.execPath, [join(built.dist, 'start.js')], { env });
  await expect(start).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^REDIS_URL is not set\. .*REDIS_URL=redis:\/\//),
  });
});
