import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Browser } from '../../support/browser.js';
import { Instance } from './instance.js';
import type { InstanceOptions } from './instance.js';
import type { Subject } from './subject.js';

/** The id in the signed cookie `s:<id>.<signature>`. */
const idIn = (browser: Browser): string =>
  /^s:(.+)\.[^.]+$/.exec(decodeURIComponent(browser.cookie() ?? ''))?.[1] ?? '';

const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** What somebody sees who gets access to the place where sessions are stored. */
export function describeAtRest({ name, promises, place }: Subject): void {
  const visit = async (item: string, options: InstanceOptions = {}): Promise<Browser> => {
    const browser = await (await Instance.start(name, place(), options)).browser();
    await browser.post('/login', { username: `drinker-of-${item}` });
    expect((await browser.post('/cart', { item })).body).toEqual({ items: [item] });
    expect((await browser.get('/cart')).body).toEqual({ items: [item] });
    return browser;
  };

  if (promises.atRest === 'in clear without encryption') {
    describe('a person who looks into the storage itself', () => {
      it('can read the session and its user, but no id that a browser could send', async () => {
        const id = idIn(await visit('assam'));
        const content = await place().content();
        expect(content).toContain('assam');
        expect(content).toContain('drinker-of-assam');
        expect(content).toContain(hashOf(id));
        expect(id).toHaveLength(32);
        expect(content).not.toContain(id);
      });

      it('can read nothing of it with encryption', async () => {
        const id = idIn(await visit('darjeeling', { isEncrypted: true }));
        const content = await place().content();
        expect(content).toContain(hashOf(id));
        expect(content).toContain('enc.');
        expect(content).not.toContain('darjeeling');
        expect(content).not.toContain(id);
      });
    });
  }

  if (promises.atRest === 'always sealed') {
    it('the holder of the cookie can read nothing in it', async () => {
      const browser = await visit('sencha');
      const cookie = browser.cookie() ?? '';
      const parts = cookie
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      expect(parts).toHaveLength(5);
      expect(JSON.parse(parts[0] ?? '')).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
      expect(cookie + parts.join()).not.toContain('sencha');
    });

    it('a changed cookie carries no session', async () => {
      const browser = await visit('matcha');
      const cookie = browser.cookie() ?? '';
      const last = cookie.endsWith('A') ? 'Q' : 'A';
      const changed = `connect.sid=${cookie.slice(0, -1)}${last}`;
      const answer = await browser.get('/me', { headers: { cookie: changed } });
      expect(answer.status).toBe(401);
    });

    it('encryption on top of sealed cookies is refused at boot', async () => {
      const encryption = { keys: ['a key of 32 characters or more, as keys must be'] };
      await expect(Instance.start(name, place(), { encryption })).rejects.toMatchObject({
        message: expect.stringContaining('encryption'),
      });
    });
  }
}
