import { describe, expect, it } from '@jest/globals';
import type { Answer, Browser } from '../../support/browser.js';
import { Instance } from './instance.js';
import { pauseNextWrite } from './pauses.js';
import type { Subject } from './subject.js';

const prefer = (browser: Browser, name: string, value: string): Promise<Answer> =>
  browser.post(`/preferences/${name}`, { value }, { method: 'PUT' });

/** What happens to a session after a restart, and when several processes serve it. */
export function describeInstances(subject: Subject): void {
  const { name, promises, place } = subject;

  it(`${promises.survivesRestart ? 'finds' : 'loses'} its sessions after a restart`, async () => {
    const before = await Instance.start(name, place());
    const browser = await before.browser();
    await browser.post('/cart', { item: 'tea' });
    await browser.post('/login', { username: 'ada' });
    await before.close();
    const after = await (await Instance.start(name, place())).browser(browser);
    expect((await after.get('/me')).status).toBe(promises.survivesRestart ? 200 : 401);
    const items = promises.survivesRestart ? ['tea'] : [];
    expect((await after.get('/cart')).body).toEqual({ items });
  });

  if (promises.isSharedByInstances) describeShared(subject);
  else {
    it('is not known to a second instance', async () => {
      const one = await (await Instance.start(name, place())).browser();
      await one.post('/login', { username: 'ada' });
      const two = await (await Instance.start(name, place())).browser(one);
      expect((await two.get('/me')).body).toMatchObject({ reason: 'expired' });
    });
  }
}

function describeShared({ name, promises, place }: Subject): void {
  const startTwo = async (): Promise<[Instance, Instance]> => [
    await Instance.start(name, place()),
    await Instance.start(name, place()),
  ];

  describe('on two instances', () => {
    it('a session that began on one continues, and ends, on the other', async () => {
      const [one, two] = await startTwo();
      const here = await one.browser();
      await here.post('/login', { username: 'ada' });
      await here.post('/cart', { item: 'tea' });
      const there = await two.browser(here);
      expect((await there.get('/me')).body).toEqual({ username: 'ada' });
      expect((await there.get('/cart')).body).toEqual({ items: ['tea'] });
      await there.post('/logout');
      expect((await there.get('/me')).status).toBe(401);
      expect((await here.get('/me')).status).toBe(promises.endsAtOnce ? 401 : 200);
    });

    const isMerged = promises.parallelWritesBetweenProcesses !== 'last answer wins';
    it(`a write that began before another's, and ends after it, ${isMerged ? 'keeps' : 'does not know'} that one`, async () => {
      const [one, two] = await startTwo();
      const here = await one.browser();
      await here.post('/cart', { item: 'tea' });
      const there = await two.browser(here);
      const { headers, reached, release } = one.pauses.next();
      const body = JSON.stringify({ value: 'dark' });
      const slow = here.send('/preferences/theme', { method: 'PUT', headers, body });
      await reached;
      await prefer(there, 'language', 'cs');
      release();
      expect((await slow).status).toBe(200);
      expect((await here.get('/preferences')).body).toEqual(
        isMerged ? { theme: 'dark', language: 'cs' } : { theme: 'dark' },
      );
    });

    if (promises.parallelWritesBetweenProcesses === 'merged') {
      it('update() counts each of 20 requests', async () => {
        const [one, two] = await startTwo();
        const here = await one.browser();
        await here.post('/cart', { item: 'tea' });
        const there = await two.browser(here);
        const browsers = Array.from({ length: 10 }, () => [here, there]).flat();
        await Promise.all(browsers.map((browser) => browser.post('/counter')));
        expect((await here.post('/counter')).body).toEqual({ visits: 21 });
      });
    }
  });

  if (promises.parallelWritesBetweenProcesses === 'merged but for a gap') {
    describe("in the gap between one instance's look at the store and its write", () => {
      /** Has instance one write its preference in such a way that `meanwhile` falls into the gap. */
      const inGap = async (
        meanwhile: (there: Browser) => Promise<Answer>,
      ): Promise<[Browser, Browser]> => {
        const [one, two] = await startTwo();
        const here = await one.browser();
        await here.post('/login', { username: 'ada' });
        const there = await two.browser(here);
        const { reached, release } = pauseNextWrite(one.expressStore);
        const slow = prefer(here, 'theme', 'dark');
        await reached;
        expect((await meanwhile(there)).status).toBeLessThan(300);
        release();
        expect((await slow).status).toBe(200);
        return [here, there];
      };

      it('a write by the other instance is lost', async () => {
        const [here] = await inGap((there) => prefer(there, 'language', 'cs'));
        expect((await here.get('/preferences')).body).toEqual({ theme: 'dark' });
      });

      it('a session that the other instance ends comes back', async () => {
        const [here] = await inGap((there) => there.post('/logout'));
        expect((await here.get('/me')).body).toEqual({ username: 'ada' });
      });
    });
  }
}
