import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { KeyBatch, SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSessionStoreOptions } from 'nestjs-sesame/redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { RedisCluster } from '../../support/servers/redis-cluster.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { standing, startDevicesApp } from '../users-and-devices/devices-app.js';

const ROOMY = ['--maxmemory', '1gb'];

let redis: RedisServer | undefined;
let admin: Redis;

afterEach(async () => {
  admin.disconnect();
  await closeApps();
  await redis?.stop();
});

async function startRedis(policy: string, ...options: string[]): Promise<string> {
  redis = await RedisServer.start('--maxmemory-policy', policy, ...options);
  admin = new Redis(redis.url);
  return redis.url;
}

async function startOn(policy: string, options: Partial<SessionModuleOptions> = {}) {
  const url = await startRedis(policy, ...ROOMY);
  return startDevicesApp({ store: new RedisSessionStore({ url }), ...options });
}

const several = async <T>(count: number, make: () => Promise<T>): Promise<T[]> => {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make());
  return made;
};

const standings = async (browsers: readonly Browser[]): Promise<string[]> => {
  const all = new Set(await Promise.all(browsers.map(standing)));
  return [...all].toSorted();
};

/** What Redis does to a key that has not been used for a long time. */
const evictIndex = (user = 'ada'): Promise<number> => admin.del(`sess-user:${user}`);

describe('under allkeys-lru, when Redis is full and drops the index,', () => {
  it('revokeAll() ends every session, those that the index has lost included', async () => {
    const url = await startRedis('allkeys-lru', '--maxmemory-samples', '64');
    const { signedIn, sessions } = await startDevicesApp({
      store: new RedisSessionStore({ url }),
    });
    const browsers = await several(90, () => signedIn('ada'));
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
    await admin.config('SET', 'maxmemory', String(used + 200_000));
    // Redis measures in seconds which key has gone unused the longest.
    await until(async () => Number(await admin.object('IDLETIME', 'sess-user:ada')) >= 2);
    // Sessions are read, the index is not, and what is new leaves no room for both.
    for (let round = 0; (await admin.exists('sess-user:ada')) === 1; round += 1) {
      for (const browser of browsers) await browser.get('/open');
      await admin.mset(Object.fromEntries(Array.from({ length: 50 }, (_, at) => junk(round, at))));
    }
    const live = (await Promise.all(browsers.map(standing))).filter((one) => one === 'ada');
    expect(live.length).toBeGreaterThan(10);
    expect(await sessions.list('ada')).toEqual([]);
    expect(await sessions.revokeAll('ada')).toBeGreaterThan(0);
    expect(await standings(browsers)).not.toContain('ada');
  }, 60_000);
});

const junk = (round: number, at: number): [string, string] => [
  `junk ${round} ${at}`,
  'x'.repeat(2_000),
];

const ENCRYPTED = { encryption: { keys: ['a key that only the tests of this library use'] } };

describe.each([
  ['allkeys-lru', {}],
  ['allkeys-random', { hashIds: false }],
  ['volatile-lru', ENCRYPTED],
  ['volatile-ttl', {}],
])('under %s, when the index of a user is gone,', (policy, options) => {
  it("revokeAll() ends the sessions that are left, and nobody else's", async () => {
    const { signedIn, sessions, events } = await startOn(policy, options);
    const browsers = await several(3, () => signedIn('ada'));
    const grace = await signedIn('grace');
    await evictIndex();
    browsers.push(await signedIn('ada')); // with an index that knows only this one
    expect(await sessions.revokeAll('ada')).toBe(4);
    expect(await standings(browsers)).toEqual(['revoked']);
    expect(await standing(grace)).toBe('grace');
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(4);
    expect(await sessions.revokeAll('ada')).toBe(0);
  });

  it('revokeAll() spares the current session when asked to', async () => {
    const { signedIn } = await startOn(policy, options);
    const [asking, other] = [await signedIn('ada'), await signedIn('ada')];
    await evictIndex();
    const { body } = await asking.send('/devices?except=current', { method: 'DELETE' });
    expect(body).toEqual({ ended: 1 });
    expect(await standing(other)).toBe('revoked');
    expect(await standing(asking)).toBe('ada');
  });

  it('revoke() ends the session with a handle, and none of another user', async () => {
    const { signedIn, sessions } = await startOn(policy, options);
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    const handles = (await sessions.list('ada')).map(({ handle }) => handle);
    await evictIndex();
    for (const handle of handles) {
      expect(await sessions.revoke('grace', handle)).toBe(false);
      expect(await sessions.revoke('ada', handle)).toBe(true);
      expect(await sessions.revoke('ada', handle)).toBe(false);
    }
    expect(await standings([one, other])).toEqual(['revoked']);
    expect(await sessions.revoke('ada', 'x'.repeat(43))).toBe(false);
  });
});

describe('where Redis may evict,', () => {
  it('a sign-in that came after revokeAll() had begun is left alone', async () => {
    const url = await startRedis('allkeys-lru', ...ROOMY);
    let meanwhile = async (): Promise<void> => undefined;
    class WatchedStore extends RedisSessionStore {
      override async scanBeyondIndex(from?: string): Promise<KeyBatch | undefined> {
        await meanwhile();
        return super.scanBeyondIndex(from);
      }
    }
    const { signedIn, sessions } = await startDevicesApp({ store: new WatchedStore({ url }) });
    const before = await signedIn('ada');
    await evictIndex();
    let after = before;
    meanwhile = async () => {
      after = await signedIn('ada');
    };
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(before)).toBe('revoked');
    expect(await standing(after)).toBe('ada');
  });

  it('more sessions are looked through than fit into one step of the scan', async () => {
    const { signedIn, sessions } = await startOn('allkeys-lru');
    const browsers = await several(3, () => signedIn('ada'));
    const others = Array.from({ length: 3_000 }, (_, at) => [`sess:other${at}`, '{"cookie":{}}']);
    await admin.mset(Object.fromEntries(others));
    await admin.sadd('sess:set', 'a key of another type');
    await evictIndex();
    expect(await sessions.revokeAll('ada')).toBe(3);
    expect(await standings(browsers)).toEqual(['revoked']);
    expect(await admin.exists('sess:other2999', 'sess:set')).toBe(2);
  });

  it("prefixes are taken literally, including the client's own", async () => {
    const url = await startRedis('allkeys-lru', ...ROOMY);
    const redisOptions = { keyPrefix: 'app[1]?' };
    const store = new RedisSessionStore({ url, redisOptions, prefix: 's*:' });
    const { signedIn, sessions } = await startDevicesApp({ store });
    const browser = await signedIn('ada');
    await admin.del('app[1]?sess-user:ada');
    // What the prefix would match as a pattern.
    await admin.copy((await admin.keys('app[[]1*s[*]:*'))[0] ?? '', 'app1xs:y:other');
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(browser)).toBe('revoked');
    expect(await admin.get('app1xs:y:other')).toContain('"userId":"ada"');
  });

  it('every master of a cluster is looked at', async () => {
    const cluster = await RedisCluster.start();
    const nodes = cluster.servers.map(({ url }) => new Redis(url));
    try {
      // One that may evict is enough.
      await nodes[1]?.config('SET', 'maxmemory', '1gb', 'maxmemory-policy', 'volatile-lru');
      const store = new RedisSessionStore({ nodes: cluster.nodes });
      const { signedIn, sessions } = await startDevicesApp({ store });
      const browsers = await several(12, () => signedIn('ada'));
      await Promise.all(nodes.map((node) => node.del('sess-user:ada').catch(() => 0)));
      expect(await sessions.list('ada')).toEqual([]);
      expect(await sessions.revokeAll('ada')).toBe(12);
      expect(await standings(browsers)).toEqual(['revoked']);
      await closeApps();
    } finally {
      for (const node of nodes) node.disconnect();
      await cluster.stop();
    }
  }, 60_000);
});

describe('where Redis evicts nothing,', () => {
  it.each([
    ['noeviction', ROOMY],
    ['allkeys-lru', []], // never full
  ])('only the records in the index are looked at: %s %s', async (policy, options) => {
    const url = await startRedis(policy, ...options);
    const { signedIn, sessions } = await startDevicesApp({ store: new RedisSessionStore({ url }) });
    await signedIn('ada');
    await admin.config('RESETSTAT');
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await admin.info('commandstats')).not.toContain('cmdstat_scan');
  });

  it('revokeAll() works when Redis does not tell whether it evicts', async () => {
    const url = await startRedis('allkeys-lru', ...ROOMY);
    await admin.acl('SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-info', '-config');
    const redisOptions = { username: 'app', password: 'secret', enableReadyCheck: false };
    const { signedIn, sessions } = await startDevicesApp({
      store: new RedisSessionStore({ url, redisOptions }),
    });
    const browser = await signedIn('ada');
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(browser)).toBe('revoked');
  });
});

describe('at boot', () => {
  let recorded: ReturnType<typeof recordLogs>;

  beforeEach(() => {
    recorded = recordLogs();
  });
  afterEach(async () => {
    recorded.restore();
    await closeServers();
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  const stores: RedisSessionStore[] = [];

  /** A server with sessions on this Redis, which stores one for each visit. */
  const startVisits = async (options: RedisSessionStoreOptions) => {
    const store = new RedisSessionStore(options);
    stores.push(store);
    const { browser } = await startServer({ store }, (request, response) => {
      request.session['visited'] = true;
      response.end();
    });
    return async () => (await browser().get('/')).status;
  };

  const warnings = (): string[] =>
    recorded.logs.filter(({ level }) => level === 'warn').map(({ message }) => message);

  it.each(['allkeys-lru', 'volatile-ttl'])(
    '%s is warned about, once for all connections',
    async (policy) => {
      const visit = await startVisits({ url: await startRedis(policy, ...ROOMY) });
      const connectAnew = async (): Promise<void> => {
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await until(async () => (await visit()) === 200);
      };
      expect(await visit()).toBe(200);
      await connectAnew();
      const ofIt = expect.stringMatching(
        `maxmemory-policy ${policy}.*Set maxmemory-policy noeviction`,
      );
      expect(warnings()).toEqual([ofIt]);
      // As after a failover to a server with another configuration.
      await admin.config('SET', 'maxmemory-policy', 'allkeys-random');
      await connectAnew();
      expect(warnings()).toEqual([ofIt, expect.stringContaining('allkeys-random')]);
    },
  );

  it.each([
    ['noeviction', ROOMY],
    ['allkeys-lru', []], // never full
  ])('%s %j is not warned about', async (policy, options) => {
    const visit = await startVisits({ url: await startRedis(policy, ...options) });
    expect(await visit()).toBe(200); // the reply about the policy came before this one's
    expect(recorded.logs).toEqual([]);
  });

  it('nothing is logged about a server that does not tell', async () => {
    const url = await startRedis('allkeys-lru', ...ROOMY);
    await admin.acl('SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-info', '-config');
    const redisOptions = { username: 'app', password: 'secret', enableReadyCheck: false };
    const visit = await startVisits({ url, redisOptions });
    expect(await visit()).toBe(200);
    expect(recorded.logs).toEqual([]);
  });

  it('a client from the application is asked as well, connected or not', async () => {
    const url = await startRedis('allkeys-lfu', ...ROOMY);
    const connected = new Redis(url);
    await connected.ping();
    const clients = [connected, new Redis(url)];
    for (const client of clients) await startVisits({ client });
    await until(() => recorded.logs.length === 2);
    for (const client of clients) client.disconnect();
  });

  it('nothing waits for a server that is not there', async () => {
    const url = await startRedis('allkeys-lru', ...ROOMY);
    await redis?.kill();
    const visit = await startVisits({ url });
    expect(await visit()).toBe(503);
    expect(warnings()).toEqual([]);
    await redis?.run();
    await until(() => warnings().length === 1);
  });
});
