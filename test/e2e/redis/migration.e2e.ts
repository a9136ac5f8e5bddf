import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeServers } from '../../support/applications/http-server.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { passTime, startFormer, startMoved } from './migration-apps.js';
import type { Place } from './migration-apps.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(async () => {
  await closeApps();
  await closeServers();
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

/** A device, whose browser takes its cookies to whichever application answers at the address. */
class Device {
  private browser: Browser;

  constructor(private place: Place) {
    this.browser = new Browser(place.origin);
  }

  goTo(place: Place): this {
    this.place = place;
    this.browser = this.browser.copy(place.origin);
    return this;
  }

  async signIn(body: object): Promise<this> {
    const { status } = await this.browser.post('/login', body);
    if (status >= 300) throw new Error(`the sign-in was answered ${status}`);
    return this;
  }

  count = async (): Promise<unknown> => (await this.browser.post('/count')).body;
  who = async (): Promise<unknown> => (await this.browser.get('/who')).body;
  devices = async (): Promise<unknown> => (await this.browser.get('/devices')).body;
  endOthers = async (): Promise<unknown> =>
    (await this.browser.send('/others', { method: 'DELETE' })).body;

  /** Another device with the same cookies, like a copy. */
  twin(): Device {
    const twin = new Device(this.place);
    twin.browser = this.browser.copy();
    return twin;
  }
}

const NOBODY = { user: undefined };

/** As the page says, for connect-redis without and with a maxAge. */
const MOVES: readonly [string, number | undefined, Partial<SessionModuleOptions>][] = [
  ['without a maxAge', undefined, { idleTimeout: '1d' }],
  ['with a maxAge', DAY, { cookie: { maxAge: '1d' } }],
];

describe.each(MOVES)('from express-session and back, %s', (_how, maxAge, own) => {
  const start = async (): Promise<{ former: Place; moved: Place }> => {
    const store = new RedisSessionStore({ client, prefix: 'sess:' });
    const moved = await startMoved({ absoluteTimeout: null, store, ...own });
    return { former: await startFormer(client, maxAge), moved };
  };

  it('signs nobody out and loses nothing, in either direction', async () => {
    const { former, moved } = await start();
    const laptop = await new Device(former).signIn(ADA);
    const phone = await new Device(former).signIn(ADA);
    const cart = new Device(former);
    expect([await laptop.count(), await cart.count()]).toEqual([1, 1]);
    await passTime(client, 23 * HOUR);

    // The move.
    for (const device of [laptop, phone, cart]) device.goTo(moved);
    expect(await laptop.who()).toEqual({ user: 'ada', adopted: 'ada', count: 1, label: 'tea' });
    expect(await phone.who()).toEqual({ user: 'ada', adopted: 'ada' });
    expect(await cart.who()).toEqual({ count: 1, label: 'tea' });
    expect(await laptop.devices()).toBe(2);
    const desk = await new Device(moved).signIn(GRACE);
    for (let day = 1; day <= 3; day += 1) {
      await passTime(client, 23 * HOUR);
      expect(await laptop.count()).toBe(1 + day);
      expect(await desk.count()).toBe(day);
      expect(await phone.who()).toMatchObject({ user: 'ada', adopted: 'ada' });
      expect(await cart.who()).toMatchObject({ count: 1 });
    }

    // The way back.
    for (const device of [laptop, phone, cart, desk]) device.goTo(former);
    for (let day = 1; day <= 3; day += 1) {
      await passTime(client, 23 * HOUR);
      expect(await laptop.who()).toEqual({ user: 'ada', count: 4, label: 'tea' });
      expect(await desk.count()).toBe(3 + day);
      expect(await phone.who()).toEqual({ user: 'ada' });
      expect(await cart.who()).toEqual({ count: 1, label: 'tea' });
    }

    // And here again.
    for (const device of [laptop, phone, cart, desk]) device.goTo(moved);
    await passTime(client, 23 * HOUR);
    expect(await laptop.who()).toEqual({ user: 'ada', adopted: 'ada', count: 4, label: 'tea' });
    expect(await desk.who()).toEqual({ user: 'grace', adopted: 'grace', count: 6, label: 'tea' });
    expect(await phone.who()).toEqual({ user: 'ada', adopted: 'ada' });
    expect(await cart.count()).toBe(2);
    expect(await laptop.devices()).toBe(2);
    expect(await desk.devices()).toBe(1);
    await passTime(client, 23 * HOUR);
    expect(await laptop.count()).toBe(5);
    expect(await cart.count()).toBe(3);
  });

  it('ends sessions that nobody uses, wherever they would have ended', async () => {
    const { former, moved } = await start();
    const unused = await new Device(former).signIn(ADA);
    await passTime(client, DAY);
    expect(await unused.who()).toEqual(NOBODY);
    const here = await (await new Device(former).signIn(ADA)).goTo(moved);
    expect(await here.who()).toMatchObject({ user: 'ada' });
    const there = await (await new Device(moved).signIn(GRACE)).goTo(former);
    expect(await there.who()).toMatchObject({ user: 'grace' });
    await passTime(client, DAY);
    expect(await here.who()).toEqual(NOBODY);
    expect(await there.goTo(moved).who()).toEqual(NOBODY);
  });

  it('signs out all other devices, including those that only express-session knew', async () => {
    const { former, moved } = await start();
    const laptop = (await new Device(former).signIn(ADA)).goTo(moved);
    const [seen, unseen, unused] = [
      (await new Device(former).signIn(ADA)).goTo(moved),
      (await new Device(former).signIn(ADA)).goTo(moved),
      (await new Device(former).signIn(ADA)).goTo(moved),
    ];
    const others = (await new Device(former).signIn(GRACE)).goTo(moved);
    expect(await seen.who()).toMatchObject({ adopted: 'ada' });
    expect(await laptop.endOthers()).toBe(1);
    const revoked = { statusCode: 401, reason: 'revoked' };
    expect(await seen.who()).toEqual(NOBODY);
    expect(await unseen.who()).toMatchObject(revoked);
    expect(await unseen.who()).toEqual(NOBODY);
    await passTime(client, 23 * HOUR);
    expect(await unused.who()).toMatchObject(revoked);
    expect(await others.who()).toMatchObject({ adopted: 'grace' });
    expect(await laptop.who()).toMatchObject({ adopted: 'ada' });
    // A sign-in after that is not affected, even if it is through Passport alone.
    await passTime(client, 23 * HOUR);
    const later = (await new Device(former).signIn(ADA)).goTo(moved);
    expect(await later.who()).toMatchObject({ adopted: 'ada' });
    expect(await laptop.devices()).toBe(2);
  });
});
