import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Browser } from '../../support/browser.js';
import type { Consumer } from '../consumer.js';
import { RunningRecipes } from '../running-recipes.js';
import { inChromium } from './cross-site.js';
import { OAuthProvider } from './oauth-provider.js';

const PAGE = 'docs/recipes/sign-in.md';
const SECRET = 's'.repeat(32);

export function testSignIn(built: () => Consumer): void {
  describe('The recipe for @nestjs/config', () => {
    let recipes: RunningRecipes;

    beforeAll(async () => {
      const dotEnv = `SESSION_SECRET=${SECRET}\n`;
      recipes = await RunningRecipes.start(built(), PAGE, ['too-early', 'with-config'], { dotEnv });
    });

    afterAll(() => recipes.stop());

    it('has the secret of .env', async () => {
      const browser = recipes.browser('with-config');
      expect((await browser.get('/visits')).body).toBe(1);
      expect((await browser.get('/visits')).body).toBe(2);
    });

    it('fails at boot where the secret is read too early, and says so', () => {
      const told = 'secret: is missing (is the environment variable set?)';
      expect(recipes.error('too-early')).toContain(told);
    });
  });

  describe('The recipes for signing in', () => {
    let recipes: RunningRecipes;
    let provider: OAuthProvider;

    beforeAll(async () => {
      provider = await OAuthProvider.start();
      const env = { SESSION_SECRET: SECRET, PROVIDER: provider.origin };
      const names = ['local', 'oauth', 'form-post', 'saml', 'roles', 'rate-limits', 'swagger'];
      recipes = await RunningRecipes.start(built(), PAGE, names, { env });
    });

    afterAll(async () => {
      await Promise.all([provider.stop(), recipes.stop()]);
    });

    it('passport-local: signs in with the right password only', async () => {
      const browser = recipes.browser('local');
      expect((await browser.get('/me')).status).toBe(401);
      const wrong = await browser.post('/login', { username: 'ada', password: 'wrong' });
      expect([wrong.status, wrong.setCookies]).toEqual([401, []]);
      const right = { username: 'ada', password: 'password of ada' };
      expect((await browser.post('/login', right)).status).toBe(204);
      expect((await browser.get('/me')).text).toBe('ada');
      expect((await browser.post('/logout')).status).toBe(204);
      expect((await browser.get('/me')).status).toBe(401);
    });

    it('OAuth: signs in under a new id, with state and PKCE', async () => {
      const browser = recipes.browser('oauth');
      const { headers } = await browser.get('/auth/provider');
      const before = browser.cookie();
      const query = await provider.consent(headers.get('location') ?? '');
      const back = await browser.get(`/auth/callback?${query.toString()}`);
      expect([back.status, back.headers.get('location')]).toEqual([302, '/']);
      expect(before).toBeDefined();
      expect(browser.cookie()).not.toBe(before);
      expect((await browser.get('/me')).text).toBe('ada');
    });

    it("OAuth: refuses a callback with another's state, and does not redeem the code", async () => {
      const [browser, other] = [recipes.browser('oauth'), recipes.browser('oauth')];
      await browser.get('/auth/provider');
      const { headers } = await other.get('/auth/provider');
      const query = await provider.consent(headers.get('location') ?? '');
      const refused = await browser.get(`/auth/callback?${query.toString()}`);
      expect(refused.status).toBe(401);
      expect([...provider.codes.keys()]).toContain(query.get('code'));
      expect((await browser.get('/me')).status).toBe(401);
    });

    it('OAuth: of two sign-ins in one session, both fail if the first goes on first', async () => {
      const browser = recipes.browser('oauth');
      const begun = [await browser.get('/auth/provider'), await browser.get('/auth/provider')];
      for (const { headers } of begun) {
        const query = await provider.consent(headers.get('location') ?? '');
        expect((await browser.get(`/auth/callback?${query.toString()}`)).status).toBe(401);
      }
    });

    it('form_post: passes the answer on to where the cookie is sent', async () => {
      const browser = recipes.browser('form-post');
      const { headers } = await browser.get('/auth/provider');
      const query = await provider.consent(headers.get('location') ?? '');
      const passedOn = await crossSite(recipes.browser('form-post'), '/auth/callback', query);
      expect([passedOn.status, passedOn.setCookies]).toEqual([303, []]);
      const back = await browser.get(passedOn.headers.get('location') ?? '');
      expect(back.status).toBe(302);
      expect((await browser.get('/me')).text).toBe('ada');
    });

    it('SAML: takes the answer in two steps, and only for its own request', async () => {
      const browser = recipes.browser('saml');
      const { text: inResponseTo } = await browser.get('/saml/login');
      const answer = JSON.stringify({ nameId: 'ada', inResponseTo });
      const form = new URLSearchParams({ SAMLResponse: Buffer.from(answer).toString('base64') });
      const passedOn = await crossSite(recipes.browser('saml'), '/saml/acs', form);
      expect([passedOn.status, passedOn.setCookies]).toEqual([200, []]);
      expect(passedOn.text).toContain(`value="${form.get('SAMLResponse')}"`);

      const origin = recipes.origin('saml');
      const own = {
        method: 'POST',
        body: form,
        headers: { origin, 'sec-fetch-site': 'same-origin' },
      };
      const stranger = recipes.browser('saml');
      expect((await stranger.send('/saml/finish', own)).status).toBe(401);
      const unasked = Buffer.from('{"nameId":"ada"}').toString('base64');
      const body = new URLSearchParams({ SAMLResponse: unasked });
      expect((await stranger.send('/saml/finish', { ...own, body })).status).toBe(401);
      const before = browser.cookie();
      expect((await browser.send('/saml/finish', own)).status).toBe(204);
      expect(browser.cookie()).not.toBe(before);
    });

    it('form_post and SAML: Chromium sends the cookie with the second step only', async () => {
      const web = { provider, shop: recipes.origin('form-post'), saml: recipes.origin('saml') };
      expect(await inChromium(web)).toEqual([
        ['POST /auth/callback', false, 303],
        ['GET /auth/callback', true, 302],
        ['POST /saml/acs', false, 200],
        ['POST /saml/finish', true, 204],
      ]);
    });

    it('roles: answers 401 to nobody, 403 without the role, and 200 with it', async () => {
      const browser = recipes.browser('roles');
      expect((await browser.get('/reports')).status).toBe(401);
      await browser.post('/login/grace');
      expect((await browser.get('/account')).status).toBe(200);
      expect((await browser.get('/reports')).status).toBe(403);
      await browser.post('/login/ada');
      expect((await browser.get('/reports')).status).toBe(200);
    });

    it('rate limits: refuse the sixth attempt on an account, from wherever it comes', async () => {
      const attempt = (n: number, name: string, password = 'wrong'): Promise<Answer> => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${n}` };
        return recipes.browser('rate-limits').post('/login', { name, password }, { headers });
      };
      const right = 'password of ada';
      expect((await attempt(1, 'ada', right)).status).toBe(204); // it counts, too
      for (const n of [2, 3, 4, 5]) expect((await attempt(n, 'ADA')).status).toBe(401);
      const sixth = await attempt(6, 'ada', right);
      expect([sixth.status, sixth.headers.get('retry-after-account')]).toEqual([429, '900']);
      expect((await attempt(6, 'grace', 'password of grace')).status).toBe(204);
    });

    it('rate limits: refuse the twenty-first attempt of one address', async () => {
      const attempt = async (n: number): Promise<number> => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.99' };
        const body = { name: `user ${n}`, password: 'wrong' };
        return (await recipes.browser('rate-limits').post('/login', body, { headers })).status;
      };
      for (let n = 1; n <= 20; n += 1) expect(await attempt(n)).toBe(401);
      expect(await attempt(21)).toBe(429);
    });

    it('Swagger: names the cookie', async () => {
      const { body } = await recipes.browser('swagger').get('/docs-json');
      expect(body).toMatchObject({
        paths: { '/me': { get: { security: [{ cookie: [] }] } } },
        components: { securitySchemes: { cookie: { in: 'cookie', name: 'connect.sid' } } },
      });
    });
  });
}

/** A form that a page of another site posts: `SameSite=Lax` keeps the cookie from it. */
function crossSite(browser: Browser, path: string, form: URLSearchParams): Promise<Answer> {
  const headers = { origin: 'https://id.example', 'sec-fetch-site': 'cross-site' };
  return browser.send(path, { method: 'POST', body: form, headers });
}
