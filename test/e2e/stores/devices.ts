import { describe, expect, it } from '@jest/globals';
import type { SessionLimitSetting } from 'nestjs-sesame';
import type { Answer, Browser } from '../../support/browser.js';
import { Instance } from './instance.js';
import type { Subject } from './subject.js';

const LIMIT: SessionLimitSetting = { max: 2, onExceed: 'evict-oldest' };

const signIn = async (instance: Instance, username: string): Promise<Browser> => {
  const browser = await instance.browser();
  expect((await browser.post('/login', { username })).status).toBe(200);
  return browser;
};

const end = (browser: Browser, path: string): Promise<Answer> =>
  browser.send(path, { method: 'DELETE' });

/** The handles of the devices that are not the one that asked. */
const othersIn = ({ body }: Answer): unknown[] =>
  (Array.isArray(body) ? body : [])
    .filter((device: unknown) => Reflect.get(Object(device), 'current') === false)
    .map((device: unknown) => Reflect.get(Object(device), 'handle'));

/** Listing, ending and capping a user's sessions; or how a store says that it can do none of it. */
export function describeDevices({ name, promises, place }: Subject): void {
  describe('the devices of a user', () => {
    if (promises.listsDevices) {
      it('are listed, and ended one by one or all others at once', async () => {
        const instance = await Instance.start(name, place());
        const phone = await signIn(instance, 'lists');
        const laptop = await signIn(instance, 'lists');
        const [handle] = othersIn(await laptop.get('/devices'));
        expect((await end(laptop, `/devices/${String(handle)}`)).status).toBe(204);
        expect((await phone.get('/me')).body).toMatchObject({ reason: 'revoked' });
        expect((await end(laptop, `/devices/${String(handle)}`)).status).toBe(404);

        const tablet = await signIn(instance, 'lists');
        const watch = await signIn(instance, 'lists');
        expect(othersIn(await laptop.get('/devices'))).toHaveLength(2);
        expect((await end(laptop, '/devices')).body).toEqual({ ended: 2 });
        expect((await tablet.get('/me')).body).toMatchObject({ reason: 'revoked' });
        expect((await watch.get('/me')).body).toMatchObject({ reason: 'revoked' });
        expect((await laptop.get('/me')).body).toEqual({ username: 'lists' });
      });
    } else {
      it.each([
        ['list', (browser: Browser) => browser.get('/devices')],
        ['revoke', (browser: Browser) => end(browser, '/devices/some-handle')],
        ['revokeAll', (browser: Browser) => end(browser, '/devices')],
      ])('are not available: %s() is a 501 that says so', async (operation, ask) => {
        const browser = await signIn(await Instance.start(name, place()), 'ada');
        const { status, body } = await ask(browser);
        expect(status).toBe(501);
        const message = expect.stringMatching(new RegExp(`${operation}.*(memory|Redis)`, 'is'));
        expect(body).toMatchObject({ message });
        expect((await browser.get('/me')).status).toBe(200);
      });
    }

    if (promises.capsSessions) {
      it('are capped: one too many ends the least recently used one', async () => {
        const instance = await Instance.start(name, place(), { limit: LIMIT });
        const phone = await signIn(instance, 'capped');
        const tablet = await signIn(instance, 'capped');
        const laptop = await signIn(instance, 'capped');
        expect((await phone.get('/me')).body).toMatchObject({ reason: 'evicted' });
        expect((await tablet.get('/me')).status).toBe(200);
        expect((await laptop.get('/me')).status).toBe(200);
      });
    } else {
      it('cannot be capped: the limit is refused at boot', async () => {
        await expect(Instance.start(name, place(), { limit: LIMIT })).rejects.toMatchObject({
          name: 'InvalidSessionOptionsException',
          message: expect.stringMatching(/limit.*(memory|Redis)/is),
        });
      });
    }
  });
}
