import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { startDevicesApp } from '../users-and-devices/devices-app.js';

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(closeApps);
afterAll(() => redis.stop());

const SECRETS = ['the secret of the first application, in tests', 'the secret of the second one'];

/** An application with its own secret, on the shared Redis. */
const start = (secret: string | undefined, prefix: string) =>
  startDevicesApp({
    ...(secret !== undefined && { secret }),
    store: new RedisSessionStore({ url: redis.url, prefix }),
  });

describe('two applications on one Redis', () => {
  it('takes no cookie of another application that has a secret of its own', async () => {
    const [shop, office] = [await start(SECRETS[0], 'one:'), await start(SECRETS[1], 'one:')];
    const browser = shop.browser();
    await browser.post('/login', { user: '1' });
    const headers = { cookie: `connect.sid=${browser.cookie() ?? ''}` };
    expect((await shop.browser().get('/me', { headers })).status).toBe(200);
    expect((await office.browser().get('/me', { headers })).status).toBe(401);
  });

  it('neither lists nor ends what another application signed in, under a prefix of its own', async () => {
    const [shop, office] = [await start(SECRETS[0], 'shop:'), await start(SECRETS[1], 'office:')];
    const browser = shop.browser();
    await browser.post('/login', { user: '1' });
    expect(await office.sessions.list('1')).toEqual([]);
    expect(await office.sessions.revokeAll('1')).toBe(0);
    expect(await shop.sessions.list('1')).toHaveLength(1);
    expect((await browser.get('/me')).status).toBe(200);
  });
});
