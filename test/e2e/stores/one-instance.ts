import { describe, expect, it } from '@jest/globals';
import { INTERNAL_ERROR } from '../../support/recorded-logs.js';
import { Instance } from './instance.js';
import type { Subject } from './subject.js';

const HOUR = 3_600_000;

/** What one process does with a session, from its first visit to its end. */
export function describeOneInstance({ name, promises, place }: Subject): void {
  const isMerged = promises.parallelWritesInProcess === 'merged';

  describe('on one instance', () => {
    it('a visitor keeps the cart at sign-in, under a new id', async () => {
      const browser = await (await Instance.start(name, place())).browser();
      await browser.post('/cart', { item: 'tea' });
      const before = browser.copy();
      expect((await browser.post('/login', { username: 'ada' })).status).toBe(200);
      expect(browser.cookie()).not.toBe(before.cookie());
      expect((await browser.get('/me')).body).toEqual({ username: 'ada' });
      expect((await browser.get('/cart')).body).toEqual({ items: ['tea'] });
      expect((await before.get('/me')).status).toBe(401);
      const left = promises.endsAtOnce ? [] : ['tea'];
      expect((await before.get('/cart')).body).toEqual({ items: left });
    });

    it(`of two tabs that write different keys, ${isMerged ? 'both are kept' : 'the last answer wins'}`, async () => {
      const instance = await Instance.start(name, place());
      const browser = await instance.browser();
      await browser.post('/cart', { item: 'tea' });
      const { headers, reached, release } = instance.pauses.next();
      const body = JSON.stringify({ value: 'dark' });
      const slow = browser.send('/preferences/theme', { method: 'PUT', headers, body });
      await reached;
      await browser.post('/preferences/language', { value: 'cs' }, { method: 'PUT' });
      release();
      expect((await slow).status).toBe(200);
      expect((await browser.get('/preferences')).body).toEqual(
        isMerged ? { theme: 'dark', language: 'cs' } : { theme: 'dark' },
      );
    });

    it(`update() counts ${isMerged ? 'each' : 'one'} of 20 parallel requests`, async () => {
      const browser = await (await Instance.start(name, place())).browser();
      await browser.post('/counter');
      const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post('/counter')));
      const visits = answers.map(({ body }) => Number(Reflect.get(Object(body), 'visits')));
      const expected = Array.from({ length: 20 }, (_, index) => (isMerged ? index + 2 : 2));
      expect(visits.toSorted((one, other) => one - other)).toEqual(expected);
      expect((await browser.post('/counter')).body).toEqual({ visits: isMerged ? 22 : 3 });
    });

    it('sign-out ends the session, and a copy of its cookie works no longer than promised', async () => {
      let now = Date.now();
      const browser = await (await Instance.start(name, place(), { clock: () => now })).browser();
      await browser.post('/login', { username: 'ada' });
      const copy = browser.copy();
      expect((await browser.post('/logout')).status).toBe(204);
      expect(browser.cookie()).toBeUndefined();
      expect((await browser.get('/me')).body).toMatchObject({ reason: 'anonymous' });
      const replayed = await copy.get('/me');
      if (promises.endsAtOnce) expect(replayed.body).toMatchObject({ reason: 'expired' });
      else expect(replayed.body).toEqual({ username: 'ada' });
      now += HOUR;
      expect((await copy.get('/me')).body).toMatchObject({ statusCode: 401 });
    });

    it(`a request in flight ${promises.endsAtOnce ? 'does not bring' : 'brings'} a session back that was ended`, async () => {
      const instance = await Instance.start(name, place());
      const browser = await instance.browser();
      await browser.post('/login', { username: 'ada' });
      const { headers, reached, release } = instance.pauses.next();
      const body = JSON.stringify({ value: 'dark' });
      const slow = browser.send('/preferences/theme', { method: 'PUT', headers, body });
      await reached;
      const signedIn = browser.copy();
      await browser.post('/logout');
      release();
      expect((await slow).status).toBe(200);
      const status = promises.endsAtOnce ? 401 : 200;
      expect((await browser.get('/me')).status).toBe(status);
      expect((await signedIn.get('/me')).status).toBe(status);
    });

    it(`a session of more than 4,096 bytes ${promises.holdsMoreThanCookie ? 'is kept' : 'is refused, and the one before stays'}`, async () => {
      const browser = await (await Instance.start(name, place())).browser();
      const items = Array.from({ length: 60 }, (_, index) => `${index} of `.padEnd(80, 'tea'));
      let kept = 0;
      for (const item of items) {
        const { status, body } = await browser.post('/cart', { item });
        if (status === 201) kept += 1;
        else expect(body).toEqual(INTERNAL_ERROR);
      }
      if (promises.holdsMoreThanCookie) expect(kept).toBe(60);
      else expect(kept).toBeLessThan(4_096 / 80);
      expect((await browser.get('/cart')).body).toEqual({ items: items.slice(0, kept) });
    });
  });
}
