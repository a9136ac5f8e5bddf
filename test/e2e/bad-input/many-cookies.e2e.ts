import { afterEach, describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import { SealedCookieStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';

afterEach(closeServers);

const KEY = 'the key that seals and opens, of the tests alone';

/** Close to the longest header that Node's server accepts. */
const LENGTH = 15_000;

class CountingSeal extends SealedCookieStore {
  opened = 0;

  override open(token: string): ReturnType<SealedCookieStore['open']> {
    this.opened += 1;
    return super.open(token);
  }
}

/** As many cookies of this name and value as a header holds. */
function full(name: string, value: string): string {
  const pair = `${name}=${value};`;
  return pair.repeat(Math.floor(LENGTH / pair.length)).padEnd(LENGTH, ' ');
}

async function bench(options: Partial<SessionOptions> = {}) {
  const server = await startServer(options, (request, response) => {
    if (request.url === '/begin') request.session['known'] = true;
    response.end(String(request.session['known'] ?? false));
  });
  const ask = async (cookie: string): Promise<string> =>
    (await server.browser().get('/', { headers: { cookie } })).text;
  const begin = async (): Promise<string> => {
    const browser = server.browser();
    await browser.get('/begin');
    return `connect.sid=${browser.cookie() ?? ''}`;
  };
  return { ask, begin };
}

/** A well-formed signed id that nobody signed. */
const FORGED = encodeURIComponent(`s:${sign('an id', 'a secret of someone else')}`);

describe('a Cookie header full of session cookies', () => {
  it('has at most eight of them opened', async () => {
    const store = new CountingSeal({ keys: [KEY] });
    const { ask } = await bench({ store });
    expect(await ask(full('connect.sid', 'a.b.c.d.e'))).toBe('false');
    expect(store.opened).toBe(8);
  });

  it.each<[string, Partial<SessionOptions>, string]>([
    ['signed, short', {}, 's:a.b'],
    ['signed, well-formed', {}, FORGED],
    ['signed, with ten secrets', { secret: Array(10).fill(SECRET) }, FORGED],
    ['sealed', { store: new SealedCookieStore({ keys: [KEY] }) }, 's:a.b'],
    ['a blank between name and sign', {}, ' '.repeat(200)],
  ])(
    'costs about as much as the same number of bytes of other cookies: %s',
    async (_what, options, value) => {
      const { ask } = await bench(options);
      const ours = full('connect.sid', value);
      const others = full('connecting', value);
      const spent = { ours: Infinity, others: Infinity };
      const measure = async (of: keyof typeof spent, header: string): Promise<void> => {
        const before = process.cpuUsage();
        for (let count = 0; count < 5; count += 1) await ask(header);
        const { user, system } = process.cpuUsage(before);
        spent[of] = Math.min(spent[of], user + system);
      };
      // The least of many: whatever else the process did meanwhile only adds to it.
      for (let round = 0; round < 20; round += 1) {
        await measure('ours', ours);
        await measure('others', others);
      }
      expect(spent.ours / spent.others).toBeLessThan(2);
    },
  );

  it('does not hide the real one behind seven others, or behind any number that are too short', async () => {
    for (const options of [{}, { store: new SealedCookieStore({ keys: [KEY] }) }]) {
      const { ask, begin } = await bench(options);
      const real = await begin();
      const forged = Array(7).fill(`connect.sid=${FORGED}`);
      expect(await ask([...forged, real].join('; '))).toBe('true');
      expect(await ask([...forged, `connect.sid=${FORGED}`, real].join('; '))).toBe('false');
    }
    const { ask, begin } = await bench();
    const short = Array(100).fill('connect.sid=short');
    expect(await ask([...short, await begin()].join('; '))).toBe('true');
  });
});
