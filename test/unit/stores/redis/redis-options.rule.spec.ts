import { afterEach, describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';

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
function construct(options: object): unknown {
  return Reflect.construct(RedisSessionStore, [options]);
}

describe('the options of RedisSessionStore', () => {
  const url = 'redis://127.0.0.1:1';

  it.each<[string, object, RegExp]>([
    ['no target', {}, /it needs one of client, url, nodes, sentinels, and got none\./],
    ['a target that is undefined', { url: undefined }, /got none\./],
    ['an empty url', { url: '' }, /url is empty\./],
    ['two targets', { url, nodes: [{ port: 1 }] }, /and got url and nodes\./],
    ['an unknown option', { url, prefx: 'x' }, /prefx is no option\. The options are client, url/],
    ['disableTTL', { url, disableTTL: true }, /disableTTL is refused, .*use idleTimeout/],
    ['disableTouch', { url, disableTouch: true }, /disableTouch is refused, .*use touchInterval/],
    ['no object as client', { client: 'redis' }, /client is no ioredis client/],
    [
      'a client of node-redis',
      { client: { get() {}, evalSha() {}, sendCommand() {}, scanIterator() {} } },
      /client is no ioredis client\. Give a Redis or Cluster of the package ioredis\./,
    ],
  ])('are refused with a reason: %s', (_what, options, message) => {
    expect(() => construct(options)).toThrow(TypeError);
    expect(() => construct(options)).toThrow(message);
  });

  it('take a Redis or a Cluster, and leave out what is undefined', () => {
    const single = idle(new Redis({ lazyConnect: true }));
    const cluster = idle(new Cluster([{ port: 1 }], { lazyConnect: true }));
    expect(construct({ client: single, url: undefined })).toMatchObject({ prefix: 'sess:' });
    expect(construct({ client: cluster, prefix: 'app:' })).toMatchObject({ prefix: 'app:' });
    expect([single.status, cluster.status]).toEqual(['wait', 'wait']);
  });

  it('keep the meaning that connect-redis gives them', () => {
    const client = idle(new Redis({ lazyConnect: true }));
    const serializer = { parse: JSON.parse, stringify: JSON.stringify };
    const options = { prefix: 'app:', ttl: 60, scanCount: 7, serializer };
    expect(new RedisSessionStore({ client, ...options })).toMatchObject(options);
  });
});
