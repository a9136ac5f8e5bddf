import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Consumer } from '../consumer.js';
import { RunningRecipes } from '../running-recipes.js';

const MINUTE = 60_000;

export function testBrowsers(built: () => Consumer): void {
  describe('The recipes for browsers', () => {
    let recipes: RunningRecipes;

    beforeAll(async () => {
      recipes = await RunningRecipes.start(
        built(),
        'docs/recipes/browsers.md',
        ['spa', 'behind-nginx', 'time-left'],
        { env: { SESSION_SECRET: 's'.repeat(32) } },
      );
    });

    afterAll(() => recipes.stop());

    it('a front end of another origin: may read and change, and no other may', async () => {
      const browser = recipes.browser('spa');
      const from = (origin: string): RequestInit => ({
        headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-site' },
      });
      const own = from('https://app.example.com');
      const preflight = {
        'access-control-request-method': 'POST',
        origin: 'https://app.example.com',
      };
      const asked = await browser.send('/cart', { method: 'OPTIONS', headers: preflight });
      expect(asked.headers.get('access-control-allow-credentials')).toBe('true');
      expect(asked.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
      expect((await browser.post('/cart', { item: 'tea' }, own)).body).toEqual(['tea']);
      expect((await browser.post('/cart', { item: 'milk' }, own)).body).toEqual(['tea', 'milk']);
      const other = await browser.post('/cart', { item: 'x' }, from('https://blog.example.com'));
      expect([other.status, other.body]).toEqual([
        403,
        expect.objectContaining({ reason: 'cross-origin' }),
      ]);
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
      expect((await browser.get('/cart')).body).toEqual(['tea', 'milk']);
    });

    it('nginx: sends a Secure cookie, and knows the address of the client', async () => {
      const browser = recipes.browser('behind-nginx');
      const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1, 192.0.2.7' };
      const { body, setCookies } = await browser.post('/login/ada', undefined, {
        headers: forwarded,
      });
      expect(body).toEqual({ ip: '192.0.2.7' });
      expect(setCookies).toEqual([expect.stringMatching(/^__Host-sid=.*; Secure/)]);
      // Without what the proxy says there is no cookie.
      expect((await recipes.browser('behind-nginx').post('/login/ada')).setCookies).toEqual([]);
    });

    it('time left: asking does not extend the session, and staying does', async () => {
      const browser = recipes.browser('time-left');
      await browser.post('/login/ada');
      await recipes.later(20 * MINUTE);
      const left = async (): Promise<number[]> => minutes((await browser.get('/session')).body);
      expect(await left()).toEqual([10, 11 * 60 + 40]);
      await recipes.later(5 * MINUTE);
      expect(await left()).toEqual([5, 11 * 60 + 35]);
      expect(minutes((await browser.post('/session')).body)).toEqual([30, 11 * 60 + 35]);
      await recipes.later(0.5 * MINUTE);
      await browser.post('/session'); // sooner than touchInterval
      await recipes.later(29.9 * MINUTE);
      expect((await browser.get('/session')).status).toBe(200);
      await recipes.later(MINUTE);
      expect((await browser.get('/session')).body).toMatchObject({ reason: 'expired' });
    });
  });
}

function minutes(body: unknown): number[] {
  const [idle, absolute] = [
    Reflect.get(Object(body), 'idle'),
    Reflect.get(Object(body), 'absolute'),
  ];
  return [idle, absolute].map((seconds) => Math.round(Number(seconds) / 60));
}
