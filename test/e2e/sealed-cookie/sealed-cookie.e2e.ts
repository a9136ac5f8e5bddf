import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { SealedCookieStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { Answer, Browser } from '../../support/browser.js';
import { BY_KEY, NAME, SEALED_AT } from '../../unit/stores/sealed-cookie/sealed-by-jose.js';

afterEach(closeServers);

const KEY = 'the key that seals and opens, of the tests alone';
const OLD_KEY = 'a key that sealed once, and still opens, in tests';
const MINUTE = 60_000;

/** A server that keeps a name in the session: `/keep?ada`, `/name`, `/end`, `/leave`. */
function start(
  keys: string[],
  options: Partial<SessionOptions> = {},
  store = new SealedCookieStore({ keys }),
) {
  return startServer({ ...options, store }, (request, response) => {
    const [path, query = ''] = (request.url ?? '').split('?');
    if (path === '/keep') request.session['name'] = query;
    if (path === '/size') request.session['ballast'] = 'x'.repeat(Number(query));
    if (path === '/end') Reflect.deleteProperty(request, 'session');
    response.end(path === '/end' ? 'ended' : String(request.session['name']));
  });
}

async function nameSeenBy(browser: Browser, cookie?: string): Promise<string> {
  const init = cookie === undefined ? {} : { headers: { cookie: `connect.sid=${cookie}` } };
  return (await browser.get('/name', init)).text;
}

function cookieOf(browser: Browser): string {
  const cookie = browser.cookie();
  if (cookie === undefined) throw new Error('the browser has no session cookie');
  return cookie;
}

describe('SealedCookieStore', () => {
  it('keeps a session in the cookie, for every instance that has the key', async () => {
    const [one, other] = [await start([KEY]), await start([KEY])];
    const browser = one.browser();
    await browser.get('/keep?ada');
    expect(await nameSeenBy(browser)).toBe('ada');
    expect(await nameSeenBy(other.browser(), cookieOf(browser))).toBe('ada');
  });

  it('writes a JWE with dir and A256GCM that reveals nothing', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    await browser.get('/keep?lovelace');
    const token = cookieOf(browser);
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: expect.any(String),
    });
    const said = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const word of ['lovelace', 'name', 'seenAt', KEY]) expect(said.join()).not.toContain(word);
  });

  it('opens a cookie once, however often it arrives, and never one that it sealed itself', async () => {
    let opened = 0;
    class Store extends SealedCookieStore {
      override open(token: string) {
        opened += 1;
        return super.open(token);
      }
    }
    const sealing = await start([KEY], {}, new Store({ keys: [KEY] }));
    const browser = sealing.browser();
    await browser.get('/keep?ada');
    expect(await nameSeenBy(browser)).toBe('ada');
    await browser.get('/keep?grace');
    expect(await nameSeenBy(browser)).toBe('grace');
    expect(opened).toBe(0);
    const other = await start([KEY], {}, new Store({ keys: [KEY] }));
    for (let time = 0; time < 3; time += 1) {
      expect(await nameSeenBy(other.browser(), cookieOf(browser))).toBe('grace');
    }
    expect(opened).toBe(1);
  });

  it('still accepts a cookie for a session that was sealed with jose', async () => {
    const { browser } = await start([KEY], { clock: () => SEALED_AT + MINUTE });
    expect(await nameSeenBy(browser(), BY_KEY)).toBe(NAME);
  });

  it('ignores a cookie of more than 4,096 bytes, even if its key sealed it', async () => {
    const { browser } = await start([KEY]);
    const told = async (story: string): Promise<string> => {
      const text = `id {"cookie":{"originalMaxAge":null},"name":"ada","story":"${story}"}`;
      return nameSeenBy(browser(), new SealedCookieStore({ keys: [KEY] }).seal(text));
    };
    expect(await told('short')).toBe('ada');
    expect(await told('long '.repeat(1_000))).toBe('undefined');
  });

  it('opens a cookie under its own name alone, though the keys are the same', async () => {
    const [user, admin] = [
      await start([KEY], { name: 'user' }),
      await start([KEY], { name: 'admin' }),
    ];
    const browser = user.browser();
    await browser.get('/keep?ada');
    const token = browser.cookie('user') ?? '';
    const seen = async (name: string, { browser: open }: typeof user): Promise<string> =>
      (await open().get('/name', { headers: { cookie: `${name}=${token}` } })).text;
    expect(await seen('user', user)).toBe('ada');
    expect(await seen('admin', admin)).toBe('undefined');
  });

  it('opens a cookie from before names were sealed in, and adds its name with the next change', async () => {
    const { browser: open } = await start([KEY]);
    const text = 'an%20id {"cookie":{"originalMaxAge":null},"name":"of {old} {x"}';
    const cookie = `connect.sid=${await new SealedCookieStore({ keys: [KEY] }).seal(text)}`;
    const browser = open();
    expect((await browser.get('/name', { headers: { cookie } })).text).toBe('of {old} {x');
    expect((await browser.get('/keep?ada', { headers: { cookie } })).text).toBe('ada');
    const opened = await new SealedCookieStore({ keys: [KEY] }).open(cookieOf(browser));
    expect(opened?.text).toMatch(/^connect\.sid an%20id \{/);
  });

  it('ignores a cookie with any character changed', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    await browser.get('/keep?ada');
    const token = cookieOf(browser);
    const stranger = open();
    const seen = new Set<string>();
    for (let at = 0; at < token.length; at += 1) {
      const changed = otherThan(token[at]);
      seen.add(await nameSeenBy(stranger, token.slice(0, at) + changed + token.slice(at + 1)));
    }
    expect([...seen]).toEqual(['undefined']);
  });

  it('sends no cookie while nothing changed', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    expect((await browser.get('/keep?ada')).setCookies).toHaveLength(1);
    expect((await browser.get('/name')).setCookies).toEqual([]);
    expect((await browser.get('/keep?ada')).setCookies).toEqual([]);
    expect((await browser.get('/keep?grace')).setCookies).toHaveLength(1);
    expect(await nameSeenBy(browser)).toBe('grace');
  });

  it('makes the browser forget a session that has ended', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    await browser.get('/keep?ada');
    const { setCookies } = await browser.get('/end');
    expect(setCookies).toEqual([
      expect.stringMatching(/^connect\.sid=;.*Expires=Thu, 01 Jan 1970/),
    ]);
    expect(browser.cookie()).toBeUndefined();
    expect(await nameSeenBy(browser)).toBe('undefined');
  });

  it('lets the last of parallel responses decide, as a browser does', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    await browser.get('/keep?ada');
    const [first, last] = [browser.copy(), browser.copy()];
    await Promise.all([first.get('/keep?first'), last.get('/keep?last')]);
    expect(await nameSeenBy(first)).toBe('first');
    expect(await nameSeenBy(last)).toBe('last');
  });
});

describe('The keys of a SealedCookieStore', () => {
  it('leave what an older one sealed to that key, changed or not, until the process has run for an hour', async () => {
    const before = await start([OLD_KEY]);
    const browser = before.browser();
    await browser.get('/keep?ada');
    const after = await start([KEY, OLD_KEY]);
    const headers = { cookie: `connect.sid=${cookieOf(browser)}` };
    expect((await after.browser().get('/name', { headers })).setCookies).toEqual([]);
    const [changed = ''] = (await after.browser().get('/keep?grace', { headers })).setCookies;
    expect(await nameSeenBy(before.browser(), valueOf(changed))).toBe('grace');
    const begun = after.browser();
    await begun.get('/keep?joan');
    expect(await nameSeenBy((await start([KEY])).browser(), cookieOf(begun))).toBe('joan');
  });

  it('open what an older one sealed, and seal it again with the first, once the process has run for an hour', async () => {
    const before = await start([OLD_KEY], { idleTimeout: '3h' });
    const browser = before.browser();
    await browser.get('/keep?ada');
    const { kid } = decodeProtectedHeader(cookieOf(browser));
    let now = Date.now();
    const after = await start([KEY, OLD_KEY], {
      clock: () => now,
      idleTimeout: '3h',
      touchInterval: '3h', // so that no touch is what seals it anew
    });
    now += 60 * MINUTE;
    const moved = await after
      .browser()
      .get('/name', { headers: { cookie: `connect.sid=${cookieOf(browser)}` } });
    expect(moved.text).toBe('ada');
    const [renewed = ''] = moved.setCookies.map(valueOf);
    expect(decodeProtectedHeader(renewed).kid).not.toBe(kid);
    const later = await start([KEY]);
    expect(await nameSeenBy(later.browser(), renewed)).toBe('ada');
  });

  it('end the sessions they sealed when they are removed', async () => {
    const before = await start([OLD_KEY]);
    const browser = before.browser();
    await browser.get('/keep?ada');
    const after = await start([KEY]);
    expect(await nameSeenBy(after.browser(), cookieOf(browser))).toBe('undefined');
  });

  it('report that one of them is not set', () => {
    expect(() => new SealedCookieStore({ keys: [KEY, undefined] })).toThrow(
      'keys is an array with an entry that is missing (is the environment variable set?).',
    );
  });

  it.each([[undefined], [[]], ['a string instead of an array of strings'], [['too short']], [[5]]])(
    'cannot be %j',
    (keys) => {
      const options = { keys: [KEY] };
      Reflect.set(options, 'keys', keys);
      expect(() => new SealedCookieStore(options)).toThrow(
        'SealedCookieStore: pass { keys: [...] } with at least one random string of 32 characters',
      );
    },
  );
});

describe('The size of a sealed cookie', () => {
  const sizeOf = ({ setCookies: [cookie = ''] }: Answer): number => Buffer.byteLength(cookie);

  it('is 4,096 bytes at most, and one more is an error that names the size and the largest attribute', async () => {
    // What is sealed grows in steps, and the name is in it: a longer name takes the place of ballast there.
    const { browser: open } = await start([KEY], { cookie: { path: '/' } });
    let ballast = 2_000;
    let answer = await open().get(`/size?${ballast}`);
    while (sizeOf(answer) <= 4_090) {
      ballast += 1;
      answer = await open().get(`/size?${ballast}`);
    }
    const size = sizeOf(answer);
    const named = async (length: number): Promise<Answer> => {
      const more = length - size;
      const name = `connect.sid${'x'.repeat(more)}`;
      return (await start([KEY], { name })).browser().get(`/size?${ballast - more}`);
    };
    const fits = await named(4_096);
    expect(fits.status).toBe(200);
    expect(sizeOf(fits)).toBe(4_096);
    const exceeds = await named(4_097);
    expect(exceeds.status).toBe(500);
    expect(exceeds.setCookies).toEqual([]);
    expect(exceeds.text).toContain("The session's cookie would have 4097 bytes");
    expect(exceeds.text).toContain('browsers accept 4096');
    expect(exceeds.text).toContain(
      `The largest attribute is session.ballast, with ${ballast - (4_097 - size) + 2} bytes`,
    );
  });

  it('does no harm when it is too large: the browser keeps the session it had', async () => {
    const { browser: open } = await start([KEY]);
    const browser = open();
    await browser.get('/keep?ada');
    expect((await browser.get('/size?5000')).status).toBe(500);
    expect(await nameSeenBy(browser)).toBe('ada');
  });
});

describe('The timeouts of a sealed session', () => {
  const bench = async (options: Partial<SessionOptions>) => {
    let now = Date.now(); // the browser goes by the real clock
    const { browser: open } = await start([KEY], { ...options, clock: () => now });
    const browser = open();
    await browser.get('/keep?ada');
    return {
      browser,
      pass: (milliseconds: number): void => {
        now += milliseconds;
      },
    };
  };

  it('end it after it was idle for too long', async () => {
    const { browser, pass } = await bench({ idleTimeout: '10m' });
    pass(10 * MINUTE - 1);
    expect(await nameSeenBy(browser)).toBe('ada');
    pass(10 * MINUTE);
    expect(await nameSeenBy(browser)).toBe('undefined');
  });

  it('write a new time when a touch is due, and only then', async () => {
    const { browser, pass } = await bench({ idleTimeout: '10m', touchInterval: '1m' });
    pass(MINUTE - 1);
    expect((await browser.get('/name')).setCookies).toEqual([]);
    pass(1);
    expect((await browser.get('/name')).setCookies).toHaveLength(1);
  });

  it('end it at the absolute timeout, however much it is used', async () => {
    const { browser, pass } = await bench({ idleTimeout: '10m', absoluteTimeout: '25m' });
    for (let round = 0; round < 3; round += 1) {
      pass(8 * MINUTE);
      expect(await nameSeenBy(browser)).toBe('ada');
    }
    pass(MINUTE);
    expect(await nameSeenBy(browser)).toBe('undefined');
  });

  it('apply to a copy of the cookie, too', async () => {
    const { browser, pass } = await bench({ idleTimeout: '10m' });
    const copy = cookieOf(browser);
    await browser.get('/end');
    expect(await nameSeenBy(browser, copy)).toBe('ada');
    pass(10 * MINUTE);
    expect(await nameSeenBy(browser, copy)).toBe('undefined');
  });
});

function valueOf(setCookie: string): string {
  return setCookie.slice(setCookie.indexOf('=') + 1, setCookie.indexOf(';'));
}

/** The neighbour in the alphabet of base64url: it differs in the last bit, which may mean nothing. */
function otherThan(character = ''): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1] ?? '';
}
