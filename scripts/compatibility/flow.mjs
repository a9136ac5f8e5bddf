// What a visitor does with the application, and what must come back.
import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser } from './browser.mjs';

/** @throws AssertionError that names the first promise that is not kept */
export async function checkFlow(url) {
  // A user for this run only, since all runs share one Redis.
  const user = randomUUID();
  const laptop = new Browser(url, 'laptop');
  const phone = new Browser(url, 'phone');

  await laptop.send('POST', '/cart/tea');
  deepEqual(await laptop.send('GET', '/cart'), { status: 200, body: ['tea'] }, 'anonymous cart');
  await refuses(laptop, 'anonymous', 'guard before the sign-in');

  const visitor = laptop.copy();
  equal((await laptop.send('POST', `/login/${user}`)).status, 201, 'sign-in');
  notEqual(laptop.cookie, visitor.cookie, 'new id at sign-in');
  deepEqual(await laptop.send('GET', '/cart'), { status: 200, body: ['tea'] }, 'cart is kept');
  deepEqual(await laptop.send('GET', '/me'), { status: 200, body: { user } }, 'guard after it');
  deepEqual((await visitor.send('GET', '/cart')).body, [], 'id from before the sign-in');

  await phone.send('POST', `/login/${user}`);
  const { body: devices } = await laptop.send('GET', '/devices');
  deepEqual(
    devices.map(({ userAgent, current }) => ({ userAgent, current })).toSorted(byUserAgent),
    [
      { userAgent: 'laptop', current: true },
      { userAgent: 'phone', current: false },
    ],
    'device list',
  );

  const { handle } = devices.find(({ current }) => !current);
  equal((await laptop.send('DELETE', `/devices/${handle}`)).body, true, 'end of the other device');
  await refuses(phone, 'revoked', 'the other device');

  const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const [from, path] of [
    [laptop, '/cart/halva'],
    [new Browser(url, 'tablet'), `/login/${user}`],
  ]) {
    const { status, body } = await from.send('POST', path, undefined, elsewhere);
    deepEqual({ status, reason: body?.reason }, { status: 403, reason: 'cross-origin' }, path);
  }

  const signedIn = laptop.copy();
  equal((await laptop.send('POST', '/logout')).status, 201, 'sign-out');
  equal(laptop.cookie, '', 'cookie cleared at sign-out');
  await refuses(laptop, 'anonymous', 'guard after the sign-out');
  await refuses(signedIn, 'expired', 'cookie from before the sign-out');
}

/** The same in short, with the application of the README. */
export async function checkFiveMinutes(url) {
  const browser = new Browser(url, 'laptop');
  deepEqual((await browser.send('POST', '/cart', { item: 'tea' })).body, ['tea'], 'cart');
  await refuses(browser, 'anonymous', 'guard before the sign-in');
  await browser.send('POST', '/login', { username: 'ada', password: 'lovelace' });
  deepEqual((await browser.send('GET', '/me')).body, { userId: 'ada' }, 'guard after it');
  deepEqual((await browser.send('GET', '/cart')).body, ['tea'], 'cart is kept');
  equal((await browser.send('POST', '/logout')).status, 204, 'sign-out');
  await refuses(browser, 'anonymous', 'guard after the sign-out');
}

async function refuses(browser, reason, what) {
  const { status, body } = await browser.send('GET', '/me');
  deepEqual({ status, reason: body?.reason }, { status: 401, reason }, what);
}

function byUserAgent(a, b) {
  return a.userAgent.localeCompare(b.userAgent);
}
