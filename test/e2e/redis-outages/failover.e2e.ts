import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { StoredRecord } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createSentinel } from 'redis';
import type { RedisSessionStoreOptions } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { RedisCluster } from '../../support/servers/redis-cluster.js';
import { RedisSentinels } from '../../support/servers/redis-sentinel.js';
import { until } from '../../support/until.js';
import { isRefusal, recovery, startVisits, STORE_TIMEOUT, timed } from './outage-app.js';

const stores: RedisSessionStore[] = [];
const clients: Redis[] = [];

afterEach(async () => {
  await closeApps();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  for (const client of clients.splice(0)) client.disconnect();
});

/** A store that is closed when its test is over. */
function open(options: RedisSessionStoreOptions): RedisSessionStore {
  const store = new RedisSessionStore(options);
  stores.push(store);
  return store;
}

const soon = (payload = '{"cookie":{}}'): StoredRecord => ({
  payload,
  expiresAt: Date.now() + 60_000,
});

/** Keeps visiting, and records how many visits were acknowledged and how long the slowest took. */
class Visitor {
  acknowledged = 0;
  longest = 0;
  private isOver = false;
  private readonly visits: Promise<void>;

  constructor(private readonly browser: Browser) {
    this.visits = this.visit();
  }

  /** Resolves when so many more visits have been acknowledged. */
  async hasAcknowledged(more: number): Promise<void> {
    const goal = this.acknowledged + more;
    await until(() => this.acknowledged >= goal);
  }

  /** How many acknowledged visits are missing. */
  async missing(): Promise<number> {
    this.isOver = true;
    await this.visits;
    const { body } = await this.browser.get('/look');
    return Math.max(0, this.acknowledged - (Number(Reflect.get(Object(body), 'count')) || 0));
  }

  private async visit(): Promise<void> {
    while (!this.isOver) {
      const answer = await timed(this.browser.post('/visit'));
      this.longest = Math.max(this.longest, answer.milliseconds);
      if (answer.status === 201) this.acknowledged += 1;
      else if (!isRefusal(answer)) throw new Error(`answered ${answer.status}: ${answer.text}`);
    }
  }
}

describe('Sentinels', () => {
  let sentinels: RedisSentinels;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
  }, 30_000);
  afterAll(() => sentinels.stop());

  it('lead to the master, past a Sentinel that does not answer', async () => {
    const [frozen] = sentinels.watchers;
    frozen?.signal('SIGSTOP');
    const { addresses, name } = sentinels;
    try {
      const { browser } = await startVisits({ sentinels: addresses, name });
      await recovery(() => browser().post('/visit'), 4_000);
    } finally {
      frozen?.signal('SIGCONT');
    }
  });

  it('fail over: the store follows without a restart, and loses no more than replication itself', async () => {
    const { addresses, name } = sentinels;
    const { browser } = await startVisits({ sentinels: addresses, name });
    const visitors = Array.from({ length: 8 }, () => new Visitor(browser()));
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(20)));
    await sentinels.failOver();
    await recovery(() => browser().post('/visit'), 5_000);
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(5)));
    const missing = await Promise.all(visitors.map((visitor) => visitor.missing()));
    // Redis acknowledges before it replicates: what was under way to the replicas may be gone.
    expect(sum(missing)).toBeLessThanOrEqual(visitors.length);
    expect(Math.max(...visitors.map(({ longest }) => longest))).toBeLessThan(STORE_TIMEOUT + 500);
  }, 30_000);

  it('fail over under a client of node-redis: the client follows, and the store with it', async () => {
    const client = createSentinel({
      name: sentinels.name,
      sentinelRootNodes: sentinels.addresses,
      scanInterval: 200,
      nodeClientOptions: { disableOfflineQueue: true, socket: { reconnectStrategy: 50 } },
    });
    client.on('error', () => undefined);
    await client.connect();
    const { browser } = await startVisits({ client });
    const visitors = Array.from({ length: 8 }, () => new Visitor(browser()));
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(20)));
    await sentinels.failOver();
    await recovery(() => browser().post('/visit'), 10_000);
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(5)));
    // It learns of the new master by looking every scanInterval, and writes to the former one until then:
    // how much of that is missing is not the store's doing.
    await Promise.all(visitors.map((visitor) => visitor.missing()));
    // A request waits for its read and for its write.
    const longest = Math.max(...visitors.map((visitor) => visitor.longest));
    expect(longest).toBeLessThan(2 * STORE_TIMEOUT + 500);
    await closeApps();
    client.destroy();
  }, 30_000);
});

describe('a cluster', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replica: true });
  }, 30_000);
  afterAll(() => cluster.stop());

  it('is awaited by the first commands, many at once, and closed', async () => {
    const store = open({ nodes: cluster.nodes });
    const keys = Array.from({ length: 60 }, (_, index) => `k${index}`);
    expect(await Promise.all(keys.map((key) => store.create(key, soon())))).not.toContain('taken');
    await store.close();
    await expect(store.read('k1')).rejects.toThrow();
  });

  it('comes back when its connections are cut, and no write under way is done twice', async () => {
    const store = open({ nodes: cluster.nodes });
    const nodes = cluster.servers.map(({ url }) => new Redis(url));
    clients.push(...nodes);
    const load = { isOver: false };
    let failures = 0;
    const twice: string[] = [];

    /** Keeps writing, each time what it reads next. */
    const write = async (key: string): Promise<void> => {
      for (let step = 0; !load.isOver; step += 1) {
        const payload = `{"cookie":{},"step":${step}}`;
        try {
          const version = (await store.read(key))?.version ?? '';
          const outcome = await store.replace(key, version, soon(payload));
          if (typeof outcome === 'string' || 'conflict' in outcome)
            twice.push(JSON.stringify(outcome));
        } catch {
          failures += 1;
        }
      }
    };
    const keys = Array.from({ length: 30 }, (_, index) => `writer${index}`);
    await Promise.all(keys.map((key) => store.create(key, soon())));
    const writers = keys.map((key) => write(key));
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(nodes.map((node) => node.call('CLIENT', 'KILL', 'TYPE', 'normal')));
      await until(() => isBack(store), 2_000);
    }
    load.isOver = true;
    await Promise.all(writers);
    expect(failures).toBeGreaterThan(0);
    expect(twice).toEqual([]);
  }, 20_000);

  it('fails over: the store follows without a restart', async () => {
    const [first] = cluster.servers;
    const { browser } = await startVisits({ nodes: cluster.nodes });
    const visitors = Array.from({ length: 12 }, () => new Visitor(browser()));
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(20)));
    await isCopied(cluster);
    await first?.kill();
    const admin = new Redis(cluster.servers[1]?.url ?? '');
    await until(async () => {
      const info = String(await admin.cluster('INFO'));
      const nodes = String(await admin.cluster('NODES'));
      return info.includes('cluster_state:ok') && nodes.includes('master,fail ');
    }, 20_000).finally(() => admin.disconnect());
    const others = Array.from({ length: 30 }, () =>
      recovery(() => browser().post('/visit'), 5_000),
    );
    await Promise.all(others);
    await Promise.all(visitors.map((visitor) => visitor.hasAcknowledged(5)));
    const missing = await Promise.all(visitors.map((visitor) => visitor.missing()));
    expect(sum(missing)).toBeLessThanOrEqual(visitors.length);
    expect(Math.max(...visitors.map(({ longest }) => longest))).toBeLessThan(
      2 * STORE_TIMEOUT + 500,
    );
  }, 40_000);
});

/** Resolves when the replica has what its master held at this moment: one that is not done would come up empty. */
async function isCopied({ servers: [master, , , replica] }: RedisCluster): Promise<void> {
  const [from, to] = [new Redis(master?.url ?? ''), new Redis(replica?.url ?? '')];
  const offset = async (client: Redis, field: string): Promise<number> =>
    Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(await client.info('replication'))?.[1]);
  const held = await offset(from, 'master_repl_offset');
  await until(async () => {
    const isLinked = (await to.info('replication')).includes('master_link_status:up');
    return isLinked && (await offset(to, 'slave_repl_offset')) >= held;
  }, 10_000);
  for (const client of [from, to]) client.disconnect();
}

/** True when keys of every node can be read. */
async function isBack(store: RedisSessionStore): Promise<boolean> {
  const reads = Array.from({ length: 12 }, (_, index) => store.read(`k${index}`));
  return (await Promise.allSettled(reads)).every(({ status }) => status === 'fulfilled');
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
