import { afterEach, describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis-4';

const clients: (Redis | Cluster)[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

/** A client that never connects. */
function idle<T extends Redis | Cluster>(client: T): T {
  clients.push(client);
  return client;
}

/** As an application in JavaScript may call it. */
function construct(options: unknown): unknown {
  return Reflect.construct(RedisSessionStore, [options]);
}

describe('the options of RedisSessionStore', () => {
  const url = 'redis://127.0.0.1:1';

  it.each<[string, unknown, RegExp]>([
    ['no target', {}, /it needs exactly one of client, url, nodes, sentinels, but got none /],
    [
      'a target that is undefined',
      { url: undefined },
      /got none \(is the environment variable set\?\)/,
    ],
    ['an empty url', { url: '' }, /url is empty \(is the environment variable set\?\)\./],
    ['two targets', { url, nodes: [{ port: 1 }] }, /but got url and nodes\./],
    ['a URL instead of options', url, /it takes an object .*, but got a string\./],
    ['nothing', undefined, /it takes an object .*, but got nothing\./],
    [
      'an address of another kind',
      { url: 'http://127.0.0.1' },
      /url is not a Redis URL\. Use redis:/,
    ],
    ['a number as url', { url: 6379 }, /url is not a Redis URL/],
    ['no nodes', { nodes: [] }, /nodes must be an array of one or more/],
    ['sentinels without a name', { sentinels: [{ port: 1 }] }, /name is missing/],
    ['a name beside a url', { url, name: 'main' }, /name has no effect with url: remove it\./],
    ['clusterOptions beside a url', { url, clusterOptions: {} }, /clusterOptions has no effect/],
    [
      'an unknown option',
      { url, prefx: 'x' },
      /prefx is not an option\. Did you mean prefix\? The options are client, url/,
    ],
    ['disableTTL', { url, disableTTL: true }, /disableTTL is not supported: .*Use idleTimeout/],
    [
      'disableTouch',
      { url, disableTouch: true },
      /disableTouch is not supported: .*use touchInterval/,
    ],
    ['no object as client', { client: 'redis' }, /client is not a client of Redis\. Pass a Redis/],
    [
      'a transaction of node-redis',
      { client: createClient().multi() },
      /client is not a client of Redis\. .* what createClient, .* of node-redis returns\./,
    ],
    [
      'the callback interface of node-redis 5 and 6',
      { client: createClient().legacy() },
      /client is not a client of Redis\./,
    ],
    [
      'a client of node-redis 4 in legacyMode',
      { client: createClient4({ legacyMode: true }) },
      /client is in legacyMode, .* client\.duplicate\(\{ legacyMode: false \}\)/,
    ],
    [
      'a client of node-redis that is not in an object',
      createClient(),
      /it takes an object .*, but got a node-redis client/,
    ],
    [
      'a promise of a client',
      { client: Promise.resolve(createClient()) },
      /client is a promise: await it first\./,
    ],
  ])('are refused with a reason: %s', (_what, options, message) => {
    expect(() => construct(options)).toThrow(TypeError);
    expect(() => construct(options)).toThrow(message);
  });

  it('are refused with a reason: a client that is not in an object', () => {
    const client = idle(new Redis({ lazyConnect: true }));
    expect(() => construct(client)).toThrow(/it takes an object .*, but got an ioredis client/);
    expect(() => construct({ client, redisOptions: {} })).toThrow(/has no effect with client/);
  });

  it('accept a Redis or a Cluster, and options that are undefined', () => {
    const single = idle(new Redis({ lazyConnect: true }));
    const cluster = idle(new Cluster([{ port: 1 }], { lazyConnect: true }));
    expect(construct({ client: single, url: undefined })).toMatchObject({ prefix: 'sess:' });
    expect(construct({ client: cluster, prefix: 'app:' })).toMatchObject({ prefix: 'app:' });
    expect([single.status, cluster.status]).toEqual(['wait', 'wait']);
  });

  it('mean what they mean to connect-redis', () => {
    const client = idle(new Redis({ lazyConnect: true }));
    const serializer = { parse: JSON.parse, stringify: JSON.stringify };
    const options = { prefix: 'app:', ttl: 60, scanCount: 7, serializer };
    expect(new RedisSessionStore({ client, ...options })).toMatchObject(options);
  });
});
