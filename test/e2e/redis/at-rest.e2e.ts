import '../../support/session-data.js';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionData } from 'express-session';
import { Redis } from 'ioredis';
import type { SessionOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSerializer } from 'nestjs-sesame/redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { Browser } from '../../support/browser.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { RedisServer } from '../../support/servers/redis-server.js';

const MARKER = 'a-word-that-stands-in-the-session';
const KEYS = ['the first key of the records at rest', 'the second key of the records at rest'];

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});

afterEach(async () => {
  await closeServers();
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

interface Bench {
  readonly browser: Browser;
  /** The session's id, as its own application knows it. */
  id(): Promise<string>;
}

async function bench(
  options: Partial<SessionOptions> = {},
  store = new RedisSessionStore({ client }),
): Promise<Bench> {
  const server = await startServer({ store, ...options }, (request, response) => {
    if (request.url === '/write') {
      request.session['label'] = MARKER;
      request.session['count'] = (Number(request.session['count']) || 0) + 1;
    }
    response.end(JSON.stringify({ ...request.session, id: request.sessionID }));
  });
  const browser = server.browser();
  const id = async (): Promise<string> =>
    String(Reflect.get(Object((await browser.get('/read')).body), 'id'));
  return { browser, id };
}

/** Everything that Redis holds, of every type, keys and values. */
async function dump(): Promise<string> {
  const found: string[] = [];
  for await (const keys of client.scanStream({ count: 100 })) {
    for (const key of [keys].flat().map(String)) {
      const type = await client.type(key);
      const all: Record<string, () => Promise<unknown>> = {
        string: () => client.get(key),
        zset: () => client.zrange(key, '0', '-1', 'WITHSCORES'),
        hash: () => client.hgetall(key),
        set: () => client.smembers(key),
        list: () => client.lrange(key, 0, -1),
      };
      const read = all[type];
      if (read === undefined) throw new Error(`${key} is a ${type}, which nobody looks into`);
      found.push(key, JSON.stringify(await read()));
    }
  }
  return found.join('\n');
}

async function onlyKey(): Promise<string> {
  const keys = await client.keys('*');
  expect(keys).toHaveLength(1);
  return keys[0] ?? '';
}

describe('what Redis holds', () => {
  it('is the record, under the hash of its id', async () => {
    const { browser, id } = await bench();
    await browser.get('/write');
    const hash = createHash('sha256')
      .update(await id())
      .digest('base64url');
    expect(await onlyKey()).toBe(`sess:${hash}`);
    expect(JSON.parse((await client.get(`sess:${hash}`)) ?? '')).toMatchObject({
      cookie: { path: '/', httpOnly: true },
      label: MARKER,
    });
  });

  it('contains no session id', async () => {
    const { browser, id } = await bench();
    await browser.get('/write');
    const all = await dump();
    expect(all).toContain(MARKER);
    expect(all).not.toContain(await id());
    expect(all).not.toContain(browser.cookie());
  });

  it('contains the id when the application asks for express-session’s own keys', async () => {
    const { browser, id } = await bench({ hashIds: false });
    await browser.get('/write');
    expect(await onlyKey()).toBe(`sess:${await id()}`);
  });

  it('contains nothing of a session when records are encrypted', async () => {
    const { browser, id } = await bench({ encryption: { keys: KEYS } });
    await browser.get('/write');
    await browser.get('/write');
    expect((await browser.get('/read')).body).toMatchObject({ count: 2, label: MARKER });
    const all = await dump();
    for (const word of [MARKER, 'label', 'count', 'cookie', '_sesame', 'seenAt', await id()]) {
      expect(all).not.toContain(word);
      expect(all).not.toContain(Buffer.from(word).toString('base64url').slice(0, -2));
    }
  });
});

describe('a record that was damaged', () => {
  const damage = async (): Promise<void> => {
    const key = await onlyKey();
    const bytes = await client.getBuffer(key);
    if (bytes === null) throw new Error('there is no record');
    bytes[bytes.indexOf(MARKER)] = 0xff;
    await client.set(key, bytes, 'PX', 1_000_000);
  };

  it('is not a session when its bytes are no longer text: nothing waits for it to be replaced', async () => {
    const { browser } = await bench();
    await browser.get('/write');
    await damage();
    const { logs, restore } = recordLogs();
    expect(await browser.get('/write')).toMatchObject({ status: 200, body: { count: 1 } });
    restore();
    expect(logs).toEqual([{ level: 'error', message: expect.stringContaining('was rejected') }]);
  });

  it('is still text when it contains the character that decoding puts in place of such bytes', async () => {
    const store = new RedisSessionStore({ client });
    const record = { payload: '{"a":"\uFFFD"}', expiresAt: Date.now() + 60_000 };
    await store.create('key', record);
    const found = await store.read('key');
    expect(found?.payload).toBe(record.payload);
    expect(await store.remove('key', found?.version)).toBe('removed');
  });
});

describe('the time that Redis keeps a record', () => {
  it.each([
    ['the idle timeout', { idleTimeout: 90_500, absoluteTimeout: '1h' }, 90_500],
    [
      'what is left of the absolute timeout',
      { idleTimeout: 80_250, absoluteTimeout: 80_250 },
      80_250,
    ],
  ] as const)('is %s, to the millisecond', async (_what, options, expected) => {
    const { browser } = await bench(options);
    const before = Date.now();
    await browser.get('/write');
    const key = await onlyKey();
    const end = Number(await client.pexpiretime(key));
    expect(end).toBeGreaterThanOrEqual(before + expected);
    expect(end).toBeLessThanOrEqual(Date.now() + expected + 1);
    const again = Date.now();
    await browser.get('/write');
    const extended = Number(await client.pexpiretime(key));
    // Redis counts from when it gets the command, which may take as long as both requests took.
    const underWay = Date.now() - again + (again - before) + 2;
    if (options.absoluteTimeout === '1h') expect(extended).toBeGreaterThan(end);
    else expect(Math.abs(extended - end)).toBeLessThanOrEqual(underWay);
  });
});

describe('records that this application cannot read', () => {
  /** A session stored with one set of options, and asked for with another. */
  async function across(
    stored: Partial<SessionOptions>,
    asked: Partial<SessionOptions>,
    tamper: (payload: string) => string = (payload) => payload,
  ): Promise<{ isKnown: boolean; isKept: boolean }> {
    const one = await bench(stored);
    await one.browser.get('/write');
    const key = await onlyKey();
    await client.set(key, tamper((await client.get(key)) ?? ''), 'KEEPTTL');
    const other = await bench(asked);
    const cookie = `connect.sid=${one.browser.cookie()}`;
    const { status, body } = await other.browser.get('/read', { headers: { cookie } });
    expect(status).toBe(200);
    await client.ping(); // by now a removal would have been sent
    const isKept = (await client.exists(key)) === 1;
    return { isKnown: Reflect.get(Object(body), 'label') === MARKER, isKept };
  }
  const first = { encryption: { keys: KEYS.slice(0, 1) } };
  const second = { encryption: { keys: KEYS.slice(1) } };
  const both = { encryption: { keys: KEYS.toReversed() } };

  it('are read as long as one of the keys opens them', async () => {
    expect(await across(first, both)).toEqual({ isKnown: true, isKept: true });
  });

  it.each([
    ['sealed with a key that it lacks', first, second],
    ['in plain text, while encryption is on', {}, first],
    ['sealed, while encryption is off', first, {}],
  ])('are not sessions, and stay where they are: %s', async (_what, stored, asked) => {
    expect(await across(stored, asked)).toEqual({ isKnown: false, isKept: true });
  });

  it('are not sessions, and are removed if they were tampered with', async () => {
    const tamper = (payload: string): string =>
      payload.slice(0, -3) + (payload.at(-3) === 'A' ? 'B' : 'A') + payload.slice(-2);
    expect(await across(first, first, tamper)).toEqual({ isKnown: false, isKept: false });
  });

  it('are not sessions under the key of another session', async () => {
    const one = await bench(first);
    await one.browser.get('/write');
    const theirs = await onlyKey();
    const other = await bench(first);
    await other.browser.get('/write');
    const mine = (await client.keys('*')).find((key) => key !== theirs) ?? '';
    await client.copy(theirs, mine, 'REPLACE');
    expect((await other.browser.get('/read')).body).not.toHaveProperty('label');
    expect((await one.browser.get('/read')).body).toMatchObject({ label: MARKER });
  });
});

/** The application's own format, with its own state. */
class ReversedJson implements RedisSerializer {
  private readonly mark = '#';

  parse(text: string): SessionData {
    if (!text.startsWith(this.mark)) throw new Error('it is not reversed');
    return JSON.parse(text.slice(1).split('').toReversed().join(''));
  }

  stringify(session: SessionData): string {
    return this.mark + JSON.stringify(session).split('').toReversed().join('');
  }
}

describe('a serializer of the application', () => {
  it('writes and reads the records', async () => {
    const serializer = new ReversedJson();
    const { browser, id } = await bench(
      { hashIds: false },
      new RedisSessionStore({ client, serializer }),
    );
    await browser.get('/write');
    await browser.get('/write');
    expect(await client.get(`sess:${await id()}`)).toMatch(/^#\}/);
    expect((await browser.get('/read')).body).toMatchObject({ count: 2, label: MARKER });
    const plain = new RedisSessionStore({ client, serializer });
    expect(await plain.get(await id())).toMatchObject({ count: 2, label: MARKER });
  });

  it('is not quoted in the log when it cannot read a record', async () => {
    const { browser, id } = await bench(
      { hashIds: false },
      new RedisSessionStore({ client, serializer: new ReversedJson() }),
    );
    await browser.get('/write');
    await client.set(`sess:${await id()}`, '#1111 4=nip');
    const { logs, restore } = recordLogs();
    expect((await browser.get('/read')).status).toBe(200);
    restore();
    const said = logs.map(({ message }) => message).join();
    expect(said).toContain('its serializer could not parse it');
    expect(said).not.toMatch(/pin=|=nip/);
  });

  it('must be synchronous: what it cannot read stays where it is', async () => {
    const stored = await bench();
    await stored.browser.get('/write');
    const serializer = new ReversedJson();
    Reflect.set(serializer, 'parse', async () => ({ cookie: {} }));
    const asked = await bench({}, new RedisSessionStore({ client, serializer }));
    const cookie = `connect.sid=${stored.browser.cookie()}`;
    expect((await asked.browser.get('/read', { headers: { cookie } })).status).toBe(200);
    await client.ping();
    expect(await client.exists(await onlyKey())).toBe(1);
  });
});
