import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import { SignJWT } from 'jose';
import { Browser } from '../../support/browser.js';
import type { Consumer } from '../consumer.js';
import { RunningRecipes } from '../running-recipes.js';

const SECRET = 's'.repeat(32);
const JWT_SECRET = 'j'.repeat(32);

/** What `@fastify/session` 11.1 stores for a session of ten minutes. */
const OF_FASTIFY = {
  cookie: {
    expires: new Date(Date.now() + 600_000).toISOString(),
    originalMaxAge: 600_000,
    originalExpires: null,
    sameSite: null,
    secure: false,
    path: '/',
    httpOnly: true,
    domain: null,
  },
  user: { id: 'ada' },
};

/** Puts that session into the store of the page. */
const STORED = `
  import { store } from './from-fastify.js';
  export { configure, FromFastifyModule } from './from-fastify.js';

  Object.assign(store, { sessions: { old: ${JSON.stringify(JSON.stringify(OF_FASTIFY))} } });
`;

export function testMoving(built: () => Consumer): void {
  describe('The recipes for moving', () => {
    let recipes: RunningRecipes;

    beforeAll(async () => {
      recipes = await RunningRecipes.start(
        built(),
        'docs/recipes/moving.md',
        ['exchange', 'not-fresh', 'stored'],
        {
          env: { SESSION_SECRET: SECRET, JWT_SECRET },
          more: new Map([['src/stored.ts', STORED]]),
        },
      );
    });

    afterAll(() => recipes.stop());

    it('JWT: becomes a session, and goes on where both are taken', async () => {
      const browser = recipes.browser('exchange');
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('ada')
        .sign(new TextEncoder().encode(JWT_SECRET));
      const headers = { authorization: `Bearer ${token}` };
      expect((await browser.get('/me', { headers })).status).toBe(401);
      expect((await browser.get('/prices', { headers })).status).toBe(200);
      expect((await browser.get('/prices')).status).toBe(401);

      const forged = { authorization: `Bearer ${token}x` };
      const refused = await browser.post('/session/exchange', undefined, { headers: forged });
      expect([refused.status, refused.setCookies]).toEqual([401, []]);
      expect((await browser.post('/session/exchange', undefined, { headers })).status).toBe(204);
      expect((await browser.get('/me')).text).toBe('ada');
      expect((await browser.get('/prices')).status).toBe(200);
    });

    it('JWT: becomes a session that is not fresh, where that matters', async () => {
      const browser = recipes.browser('not-fresh');
      await browser.post('/session/exchange', undefined, { headers: { 'x-user': 'ada' } });
      expect((await browser.get('/account')).status).toBe(200);
      expect((await browser.get('/password')).body).toMatchObject({ reason: 'stale' });
    });

    it('@fastify/session: its sessions go on', async () => {
      for (const cookie of [sign('old', SECRET), `s:${sign('old', SECRET)}`]) {
        const jar = new Map([['sessionId', encodeURIComponent(cookie)]]);
        const browser = new Browser(recipes.origin('stored'), jar);
        expect((await browser.get('/me')).text).toBe('ada');
      }
    });
  });
}
