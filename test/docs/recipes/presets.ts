import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Browser } from '../../support/browser.js';
import type { Consumer } from '../consumer.js';
import { RunningRecipes } from '../running-recipes.js';

const PRESETS = ['bank', 'office', 'months'];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** An application with the options of a preset. */
const around = (preset: string): string => `
  import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
  import { AuthenticatedGuard, SessionModule, SessionService } from 'nestjs-sesame';
  import { ${preset} } from './${preset}.js';

  @Controller()
  class AccountController {
    constructor(private readonly sessions: SessionService) {}

    @Post('login')
    async login(): Promise<object | undefined> {
      await this.sessions.login('ada');
      return this.sessions.summary();
    }

    @Get('me')
    @UseGuards(AuthenticatedGuard)
    me(): object {
      return {};
    }
  }

  @Module({ imports: [SessionModule.forRoot(${preset})], controllers: [AccountController] })
  export class PresetModule {}

  export const configure = (app) => app.set('trust proxy', 1);
`;

export function testPresets(built: () => Consumer): void {
  describe('The presets', () => {
    let recipes: RunningRecipes;

    beforeAll(async () => {
      const names = PRESETS.map((preset) => `with-${preset}`);
      const more = new Map(PRESETS.map((preset) => [`src/with-${preset}.ts`, around(preset)]));
      const env = { SESSION_SECRET: 's'.repeat(32), SESSION_KEY: 'k'.repeat(32) };
      recipes = await RunningRecipes.start(built(), 'docs/recipes/presets.md', names, {
        env,
        more,
      });
    });

    afterAll(() => recipes.stop());

    const signedIn = async (preset: string): Promise<[Browser, Answer]> => {
      const browser = recipes.browser(`with-${preset}`);
      return [browser, await browser.post('/login', undefined, HTTPS)];
    };

    it('a bank: one session of fifteen minutes, in a strict cookie', async () => {
      const [first] = await signedIn('bank');
      const [second, { setCookies }] = await signedIn('bank');
      expect(setCookies).toEqual([
        expect.stringMatching(/^__Host-sid=.*; HttpOnly; Secure; SameSite=Strict$/),
      ]);
      expect(await reason(first)).toBe('evicted');
      await recipes.later(14 * MINUTE);
      expect(await reason(second)).toBeUndefined();
      await recipes.later(15 * MINUTE);
      expect(await reason(second)).toBe('expired');
    });

    it('an office tool: two hours unused, and twelve in all', async () => {
      const [browser, { body }] = await signedIn('office');
      const { createdAt = '', endsAt = '' } = Object(body);
      expect(Date.parse(endsAt) - Date.parse(createdAt)).toBe(12 * 60 * MINUTE);
      await recipes.later(119 * MINUTE);
      expect(await reason(browser)).toBeUndefined();
      await recipes.later(120 * MINUTE);
      expect(await reason(browser)).toBe('expired');
    });

    it('a site that remembers: three months unused, without an end', async () => {
      const [browser, { setCookies, body }] = await signedIn('months');
      expect(setCookies).toEqual([expect.stringMatching(/; Max-Age=7776000;.*SameSite=Lax/)]);
      expect(body).not.toHaveProperty('endsAt');
      for (let times = 0; times < 5; times += 1) {
        await recipes.later(88 * DAY);
        expect(await reason(browser)).toBeUndefined();
      }
      await recipes.later(90 * DAY);
      expect(await reason(browser)).toBe('expired');
    });
  });
}

const HTTPS = { headers: { 'x-forwarded-proto': 'https' } };

/** Why the browser's user has to sign in again, if so. */
async function reason(browser: Browser): Promise<unknown> {
  const { body } = await browser.get('/me', HTTPS);
  return Reflect.get(Object(body), 'reason');
}
