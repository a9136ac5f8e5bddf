import { Redis } from 'ioredis';
import { until } from '../until.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';

const MASTERS = 3;
const SLOTS = 16_384;

/** A real Redis Cluster of three masters on free ports, and a replica of the first on demand. */
export class RedisCluster {
  private constructor(readonly servers: readonly RedisServer[]) {}

  static async start({ replica = false } = {}): Promise<RedisCluster> {
    const cluster = new RedisCluster(
      await Promise.all(Array.from({ length: MASTERS + (replica ? 1 : 0) }, startNode)),
    );
    try {
      await cluster.join();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get nodes(): { host: string; port: number }[] {
    return this.servers.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  /** Tells the nodes of each other and of their slots; resolves when all of them are ready. */
  private async join(): Promise<void> {
    const clients = this.servers.map(({ url }) => new Redis(url));
    const [first, ...others] = clients;
    try {
      for (const [index, client] of clients.slice(0, MASTERS).entries()) {
        const [from, to] = [startOf(index), startOf(index + 1) - 1];
        await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      }
      for (const server of this.servers.slice(1)) {
        await first?.call('CLUSTER', 'MEET', '127.0.0.1', server.port, await busPort(server));
      }
      await until(async () => (await Promise.all(clients.map(isReady))).every(Boolean), 20_000);
      const replica = others[MASTERS - 1];
      if (first === undefined || replica === undefined) return;
      await replica.call('CLUSTER', 'REPLICATE', String(await first.call('CLUSTER', 'MYID')));
      await until(async () => (await replica.info('replication')).includes('link_status:up'));
      await until(async () => (await first.info('replication')).includes('connected_slaves:1'));
    } finally {
      for (const client of clients) client.disconnect();
    }
  }
}

async function startNode(): Promise<RedisServer> {
  const bus = ['--cluster-port', String(await freePort())];
  const options = ['--cluster-node-timeout', '1500', '--repl-diskless-sync-delay', '0'];
  return RedisServer.start('--cluster-enabled', 'yes', ...bus, ...options);
}

async function busPort({ url }: RedisServer): Promise<string> {
  const client = new Redis(url);
  const [, port = ''] = await client.config('GET', 'cluster-port').then(asList);
  client.disconnect();
  return port;
}

/** CONFIG GET answers with a list or a map, depending on the protocol. */
function asList(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.map(String);
  return Object.entries(Object(answer)).flat().map(String);
}

async function isReady(client: Redis, _index: number, all: Redis[]): Promise<boolean> {
  const info = String(await client.cluster('INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${all.length}`);
}

function startOf(index: number): number {
  return Math.floor((SLOTS * index) / MASTERS);
}
