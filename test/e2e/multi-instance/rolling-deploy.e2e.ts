import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SealedCookieStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { HOUR, MINUTE, startClock, startDevicesApp } from '../users-and-devices/devices-app.js';
import type { DevicesApp } from '../users-and-devices/devices-app.js';

const USERS = 12;

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(closeApps);
afterAll(() => redis.stop());

/** One version of an application's options. */
type Version = Partial<SessionModuleOptions>;

const [OLD, NEW] = [
  'an older key, of the tests of this library',
  'a newer key, of the tests of this library',
];
const signedBy = (...secret: string[]): Version => ({ secret });
const sealedBy = (...keys: string[]): Version => ({ encryption: { keys } });
const carriedBy = (...keys: string[]): Version => ({ store: new SealedCookieStore({ keys }) });

function start(version: Version): Promise<DevicesApp> {
  const store = version.store ?? new RedisSessionStore({ url: redis.url });
  return startDevicesApp({ ...version, store });
}

/** Users who are signed in, each with the cookie of the browser, and a deployment that reaches them. */
class Deployment {
  private readonly time = startClock();
  private readonly cookies = new Map<string, string>();
  private running: DevicesApp | undefined;

  private start(version: Version): Promise<DevicesApp> {
    return start({ clock: this.time.clock, idleTimeout: '2h', ...version });
  }

  /** The first version, on which everyone signs in. */
  async begin(version: Version): Promise<void> {
    this.running = await this.start(version);
    for (let index = 0; index < USERS; index += 1) await this.signIn(`user ${index}`, this.running);
  }

  async signIn(user: string, { origin }: DevicesApp): Promise<void> {
    const browser = new Browser(origin);
    expect((await browser.post('/login', { user })).status).toBe(201);
    this.keep(user, browser);
  }

  /** The next version beside the one that runs; its users go back and forth before that one ends. */
  async roll(version: Version, { withSignIns = true } = {}): Promise<void> {
    const [former, next] = [this.running, await this.start(version)];
    if (former === undefined) throw new Error('nothing runs yet');
    if (withSignIns) {
      for (const [index, app] of [former, next, former, next].entries()) {
        await this.signIn(`late user ${index}`, app);
      }
    }
    for (const app of [next, former, next]) await this.visit(app);
    await former.app.close();
    this.running = next;
  }

  /** An hour and more in which everyone goes on using the application. */
  async settle(): Promise<void> {
    this.time.pass(HOUR);
    if (this.running !== undefined) await this.visit(this.running);
  }

  /** Everyone changes something, signed in or not. */
  private async visit(app: DevicesApp): Promise<void> {
    this.time.pass(2 * MINUTE);
    await Promise.all(
      [...this.cookies].map(async ([user, cookie]) => {
        const browser = new Browser(app.origin, new Map([['connect.sid', cookie]]));
        expect((await browser.post('/update')).status).toBe(201);
        this.keep(user, browser);
      }),
    );
  }

  private keep(user: string, browser: Browser): void {
    const cookie = browser.cookie();
    if (cookie === undefined) this.cookies.delete(user);
    else this.cookies.set(user, cookie);
  }

  /** Who is signed in on the version that runs. */
  async signedIn(): Promise<string[]> {
    const { origin = '' } = this.running ?? {};
    const seen = [...this.cookies].map(async ([user, cookie]) => {
      const { body } = await new Browser(origin, new Map([['connect.sid', cookie]])).get('/me');
      return Reflect.get(Object(body), 'user') === user ? [user] : [];
    });
    return (await Promise.all(seen)).flat();
  }

  get users(): string[] {
    return [...this.cookies.keys()];
  }
}

describe('a deployment that replaces instances one by one', () => {
  it.each<[string, Version[]]>([
    ['secret', [signedBy(OLD), signedBy(OLD, NEW), signedBy(NEW, OLD), signedBy(NEW)]],
    ['encryption', [sealedBy(OLD), sealedBy(OLD, NEW), sealedBy(NEW, OLD), sealedBy(NEW)]],
    [
      'keys of SealedCookieStore',
      [carriedBy(OLD), carriedBy(OLD, NEW), carriedBy(NEW, OLD), carriedBy(NEW)],
    ],
  ])(
    'signs nobody out where a key is known everywhere before it leads: %s',
    async (_what, versions) => {
      const [first = {}, known = {}, leads = {}, alone = {}] = versions;
      const deployment = new Deployment();
      await deployment.begin(first);
      await deployment.roll(known);
      await deployment.roll(leads);
      await deployment.settle();
      await deployment.roll(alone);
      const { users } = deployment;
      expect(users.length).toBeGreaterThanOrEqual(USERS);
      expect((await deployment.signedIn()).toSorted()).toEqual(users.toSorted());
    },
  );

  it.each<[string, Version, Version]>([
    ['secret', signedBy(OLD), signedBy(NEW, OLD)],
    [
      'secret, with a cookie that is sent each time',
      { ...signedBy(OLD), rolling: true },
      { ...signedBy(NEW, OLD), rolling: true },
    ],
    ['encryption', sealedBy(OLD), sealedBy(NEW, OLD)],
    ['keys of SealedCookieStore', carriedBy(OLD), carriedBy(NEW, OLD)],
  ])(
    'keeps existing sessions signed in even when the new key leads at once: %s',
    async (_what, before, after) => {
      const deployment = new Deployment();
      await deployment.begin(before);
      await deployment.roll(after, { withSignIns: false });
      expect(await deployment.signedIn()).toHaveLength(USERS);
    },
  );

  const oneAtMost = (max: number): Version => ({ limit: { max, onExceed: 'evict-oldest' } });

  it.each<[string, Version, Version]>([
    ['a longer idleTimeout', { idleTimeout: '10m' }, { idleTimeout: '2h' }],
    ['a shorter idleTimeout', { idleTimeout: '2h' }, { idleTimeout: '10m' }],
    ['a longer absoluteTimeout', { absoluteTimeout: '2h' }, { absoluteTimeout: '12h' }],
    ['a shorter absoluteTimeout', { absoluteTimeout: '12h' }, { absoluteTimeout: '2h' }],
    ['no absoluteTimeout', {}, { absoluteTimeout: null }],
    ['a limit', {}, oneAtMost(1)],
    ['a lower limit', oneAtMost(5), oneAtMost(1)],
    ['no limit', oneAtMost(1), {}],
    ['another touchInterval', { touchInterval: '1m' }, { touchInterval: '5m' }],
    ['a cookie with a lifetime', {}, { cookie: { maxAge: '2h' } }],
  ])('signs out nobody whose session is within both settings: %s', async (_what, before, after) => {
    const deployment = new Deployment();
    await deployment.begin(before);
    await deployment.roll(after);
    const { users } = deployment;
    expect(users).toHaveLength(USERS + 4);
    expect((await deployment.signedIn()).toSorted()).toEqual(users.toSorted());
  });
});

describe('an instance that lacks the leading key', () => {
  it.each<[string, Version, Version]>([
    ['secret', signedBy(OLD), signedBy(NEW, OLD)],
    ['encryption', sealedBy(OLD), sealedBy(NEW, OLD)],
    ['keys of SealedCookieStore', carriedBy(OLD), carriedBy(NEW, OLD)],
  ])(
    'leaves session and cookie alone as long as nothing is stored there: %s',
    async (_what, before, after) => {
      const [behind, ahead] = [await start(before), await start(after)];
      const browser = await ahead.signedIn('ada');
      const there = new Browser(behind.origin, new Map([['connect.sid', browser.cookie() ?? '']]));
      for (let times = 0; times < 2; times += 1) {
        const refused = await there.get('/me');
        expect(refused.status).toBe(401);
        expect(refused.body).toMatchObject({ reason: 'anonymous' });
        expect((await there.get('/open')).setCookies).toEqual([]);
      }
      expect((await browser.get('/me')).body).toMatchObject({ user: 'ada' });
    },
  );

  it('signs the user out for good, though it cannot read the record', async () => {
    const [behind, ahead] = [await start(sealedBy(OLD)), await start(sealedBy(NEW, OLD))];
    const browser = await ahead.signedIn('grace');
    const there = new Browser(behind.origin, new Map([['connect.sid', browser.cookie() ?? '']]));
    const { status, setCookies } = await there.post('/logout');
    expect([status, setCookies]).toEqual([201, [expect.stringContaining('connect.sid=;')]]);
    expect((await browser.get('/me')).status).toBe(401);
    expect(await ahead.sessions.list('grace')).toEqual([]);
  });
});
