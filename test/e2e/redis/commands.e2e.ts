import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { RedisServer } from '../../support/servers/redis-server.js';

let redis: RedisServer;
let client: Redis;
const stores: RedisSessionStore[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(async () => {
  await closeServers();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

async function bench(options = {}) {
  const store = new RedisSessionStore({ url: redis.url });
  stores.push(store);
  const server = await startServer({ store, ...options }, (request, response) => {
    if (request.url === '/write')
      request.session['count'] = (Number(request.session['count']) || 0) + 1;
    if (request.url === '/read') void request.session['count'];
    if (request.url === '/logout') request.session.destroy(() => response.end());
    else response.end(String(request.session['count']));
  });
  const browser = server.browser();
  await browser.get('/write');
  return { browser };
}

/** The commands that clients sent while something happened, those inside scripts left out. */
async function commandsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const connection = client.duplicate();
  const monitor = await connection.monitor();
  const commands: string[] = [];
  const marker = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (args[0] === 'echo') resolve();
      else if (source !== 'lua') commands.push(String(args[0]).toLowerCase());
    });
  });
  await work();
  await client.echo('end');
  await marker;
  monitor.disconnect();
  connection.disconnect();
  return commands;
}

/** How often each command ran, as Redis counts it, with those that scripts ran. */
async function commandStats(): Promise<Record<string, number>> {
  const found = (await client.info('commandstats')).matchAll(/cmdstat_(\w+):calls=(\d+)/g);
  const counts = Array.from(found, ([, name = '', calls]) => [name, Number(calls)] as const);
  return Object.fromEntries(counts.filter(([name]) => name !== 'info' && name !== 'ping'));
}

describe('the commands of a request', () => {
  it('are one for a request that changes nothing', async () => {
    const { browser } = await bench();
    expect(await commandsDuring(() => browser.get('/read'))).toEqual(['get']);
    expect(await commandsDuring(() => browser.get('/untouched'))).toEqual(['get']);
  });

  it('are two for one that writes', async () => {
    const { browser } = await bench();
    await browser.get('/write'); // from here on the server knows the script
    expect(await commandsDuring(() => browser.get('/write'))).toEqual(['get', 'evalsha']);
    expect((await browser.get('/read')).text).toBe('3');
  });

  it("are just as few by Redis's own count", async () => {
    const { browser } = await bench();
    await browser.get('/write');
    const requests = async (path: string): Promise<Record<string, number>> => {
      await client.config('RESETSTAT');
      for (let count = 0; count < 10; count += 1) await browser.get(path);
      const { 'config|resetstat': _, ...stats } = await commandStats();
      return stats;
    };
    expect(await requests('/untouched')).toEqual({ get: 10 });
    expect(await requests('/read')).toEqual({ get: 10 });
    // The script asks whose turn it is, and looks at the beginning of what is stored before it replaces it.
    const written = { get: 10 + 10, getrange: 10, evalsha: 10, set: 10 };
    expect(await requests('/write')).toEqual(written);
  });

  it('are one for a first visit that stores a session, and none for one that does not', async () => {
    const { browser } = await bench();
    const { origin } = browser;
    expect(await commandsDuring(() => fetch(`${origin}/write`))).toEqual(['set']);
    expect(await commandsDuring(() => fetch(`${origin}/read`))).toEqual([]);
  });

  it('are resent in full when the server has lost its scripts', async () => {
    const { browser } = await bench();
    await client.script('FLUSH');
    expect(await commandsDuring(() => browser.get('/write'))).toEqual(['get', 'evalsha', 'eval']);
    expect((await browser.get('/read')).text).toBe('2');
  });
});
