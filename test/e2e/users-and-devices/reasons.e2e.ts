import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import {
  HOUR,
  idOf,
  MINUTE,
  SECOND,
  standing,
  startClock,
  startDevicesApp,
} from './devices-app.js';

afterEach(closeApps);

const KEYS = ['a key of more than thirty-two characters'];
const EVICTING: SessionModuleOptions['limit'] = { max: 1, onExceed: 'evict-oldest' };

describeOnIndexedStores('why a session ended', (stores) => {
  describe.each([
    ['plain', {}],
    ['encrypted', { encryption: { keys: KEYS } }],
    ['with ids in clear', { hashIds: false }],
  ] satisfies [string, Partial<SessionModuleOptions>][])('%s', (_name, own) => {
    const start = async (options: Partial<SessionModuleOptions> = {}) => {
      const { clock, pass } = startClock();
      const store = stores.another(clock);
      const app = await startDevicesApp({ store, clock, ...own, ...options });
      return { ...app, pass, store };
    };

    it('is told to its browser, every time, and to nobody else', async () => {
      const app = await start();
      const browser = await app.signedIn('ada', { set: { label: 'kept' } });
      await app.sessions.revokeAll('ada');
      for (let times = 0; times < 3; times += 1) {
        const { status, body, setCookies } = await browser.get('/me');
        expect([status, body, setCookies]).toMatchObject([401, { reason: 'revoked' }, []]);
      }
      expect((await browser.get('/open')).body).toEqual({});
      expect(await standing(app.browser())).toBe('anonymous');
    });

    it('is absent while a cookie function lets the session live longer', async () => {
      const app = await start({
        cookie: ({ headers }) => ({ maxAge: 'x-kiosk' in headers ? '30d' : null }),
      });
      const browser = await app.signedIn('ada');
      app.pass(10 * SECOND);
      const headers = { 'content-type': 'application/json', 'x-kiosk': 'yes' };
      await browser.post('/set', { label: 'at the kiosk' }, { headers });
      app.pass(24 * HOUR);
      expect(await app.sessions.list('ada')).toHaveLength(1);
      expect((await browser.get('/me', { headers })).body).toMatchObject({ user: 'ada' });
    });

    it('is told when the session was evicted for another one', async () => {
      const app = await start({ limit: EVICTING });
      const browser = await app.signedIn('ada');
      await app.signedIn('ada');
      expect(await standing(browser)).toBe('evicted');
    });

    it.each([
      ['/open', 'GET', 200],
      ['/update', 'POST', 201],
      ['/regenerate', 'POST', 201],
      ['/logout', 'POST', 201],
      ['/login', 'POST', 201],
    ])('does not prevent %s, which starts without the old data', async (path, method, expected) => {
      const app = await start();
      const browser = await app.signedIn('ada', { set: { count: 7, label: 'hers' } });
      await app.sessions.revokeAll('ada');
      const headers = { 'content-type': 'application/json' };
      const body = method === 'POST' ? { body: '{"user":"grace"}' } : {};
      expect((await browser.send(path, { method, headers, ...body })).status).toBe(expected);
      const { body: left } = await browser.get('/open');
      expect(left).not.toMatchObject({ user: 'ada' });
      expect(left).not.toHaveProperty('label');
      expect(Reflect.get(Object(left), 'count')).not.toBe(8);
    });

    it.each([{}, { label: 'written' }])(
      'is not told in the response to a request under way, which sets no cookie, to set %j',
      async (body) => {
        const app = await start({ rolling: true });
        const browser = await app.signedIn('ada', { remember: '30d' });
        const slow = browser.post('/slow', body);
        await app.slow.begun.promise;
        expect(await app.sessions.revokeAll('ada')).toBe(1);
        app.slow.mayEnd.resolve();
        const { status, text, setCookies } = await slow;
        expect([status, text, setCookies]).toEqual([201, 'answered', []]);
        expect(await standing(browser)).toBe('revoked');
      },
    );

    it.each([{}, { after: { label: 'written' } }])(
      'is told even if the session ended before its browser received it, after the handler did %j',
      async (body) => {
        const app = await start({ limit: EVICTING });
        const browser = app.browser();
        const login = browser.post('/slow-login', { user: 'ada', ...body });
        await app.slow.begun.promise;
        const second = await app.signedIn('ada');
        app.slow.mayEnd.resolve();
        expect((await login).status).toBe(201);
        expect(await standing(browser)).toBe('evicted');
        expect(await standing(second)).toBe('ada');
      },
    );

    it('leaves nothing of the session in the store', async () => {
      const app = await start();
      const browser = await app.signedIn('ada', { set: { label: 'private' } });
      await app.sessions.revokeAll('ada');
      const key = 'hashIds' in own ? idOf(browser) : handleOf(idOf(browser));
      const { payload } = (await app.store.read(key)) ?? {};
      if (!('encryption' in own)) expect(payload).toContain('revoked');
      expect(payload).not.toMatch(/private|ada/);
    });
  });
});

describe('the reason why a session ended', () => {
  it.each([[{}], [{ encryption: { keys: KEYS } }]])('lasts an hour, with %j', async (options) => {
    const { clock, pass } = startClock();
    const app = await startDevicesApp({ clock, ...options });
    const browser = await app.signedIn('ada');
    await app.sessions.revokeAll('ada');
    pass(HOUR - 1);
    expect(await standing(browser)).toBe('revoked');
    pass(1);
    expect(await standing(browser)).toBe('expired');
  });

  it('distinguishes the idle timeout from the absolute one where the store still knows', async () => {
    const { clock, pass } = startClock();
    // By its own clock the store keeps records a little longer than the sessions live.
    const store = new MemorySessionStore({ clock: () => clock() - HOUR });
    const app = await startDevicesApp({ clock, store, idleTimeout: '30m', absoluteTimeout: '45m' });
    const idle = await app.signedIn('ada');
    pass(30 * MINUTE);
    expect(await standing(idle)).toBe('expired');
    const used = await app.signedIn('ada');
    pass(25 * MINUTE);
    expect(await standing(used)).toBe('ada');
    pass(20 * MINUTE);
    expect(await standing(used)).toBe('absolute-timeout');
  });
});
