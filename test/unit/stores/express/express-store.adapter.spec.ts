import { describe, expect, it, jest } from '@jest/globals';
import session from 'express-session';
import type { SessionData } from 'express-session';
import { serialiseRecord } from '../../../../lib/session/record/record-json.js';
import { ExpressStoreAdapter } from '../../../../lib/stores/express/express-store.adapter.js';

type Answer = (error: unknown, data?: SessionData | null) => void;
type Done = (error?: unknown) => void;

/** A store that keeps what it is handed as it is, and whose methods a test can replace. */
class ObjectStore extends session.Store {
  readonly held = new Map<string, SessionData>();
  readonly calls: string[] = [];

  override get(key: string, answer: Answer): void {
    this.calls.push('get');
    answer(null, this.held.get(key));
  }

  override set(key: string, data: SessionData, done?: Done): void {
    this.calls.push('set');
    this.held.set(key, data);
    done?.();
  }

  override destroy(key: string, done?: Done): void {
    this.calls.push('destroy');
    this.held.delete(key);
    done?.();
  }
}

const LIFETIME = 60_000;

function recordOf(cart: string[], originalMaxAge: number | null = null) {
  const now = Date.now();
  const payload = serialiseRecord({
    metadata: { seenAt: now, createdAt: now },
    cookie: { originalMaxAge, httpOnly: true, path: '/', secure: true, sameSite: 'lax' },
    attributes: { cart },
  });
  return { payload, expiresAt: now + LIFETIME };
}

async function holding(cart: string[]) {
  const store = new ObjectStore();
  const adapter = new ExpressStoreAdapter(store);
  await adapter.create('key', recordOf(cart));
  const found = await adapter.read('key');
  if (found === undefined) throw new Error('nothing is stored');
  return { store, adapter, found, version: found.version };
}

/** The answer to a write that succeeded. */
const WRITTEN = { version: expect.any(String) };

const refused = new Error('ECONNREFUSED');
const absent = Object.assign(new Error('no such file'), { code: 'ENOENT' });

describe('ExpressStoreAdapter', () => {
  describe('hands the store a session as express-session would', () => {
    it.each([
      ['a cookie without a maxAge', null],
      ['a persistent cookie', 5_000],
    ])('with %s', async (_what, originalMaxAge) => {
      const store = new ObjectStore();
      const record = recordOf(['tea'], originalMaxAge);
      await new ExpressStoreAdapter(store).create('key', record);
      const data = store.held.get('key');
      expect(data).toMatchObject({ cart: ['tea'] });
      expect(data?.cookie).toBeInstanceOf(session.Cookie);
      expect(data?.cookie.expires).toEqual(new Date(record.expiresAt));
      expect(data?.cookie.maxAge).toBeGreaterThan(LIFETIME - 5_000);
      expect(data?.cookie.maxAge).toBeLessThanOrEqual(LIFETIME);
      expect(data?.cookie).toMatchObject({
        originalMaxAge,
        httpOnly: true,
        path: '/',
        secure: true,
        sameSite: 'lax',
      });
    });
  });

  it('writes nothing when its read is answered after another write has begun', async () => {
    const { store, adapter, version } = await holding(['tea']);
    jest.useFakeTimers();
    let answerLate = (): void => undefined;
    jest.spyOn(store, 'get').mockImplementationOnce((key, answer) => {
      const data = store.held.get(key);
      answerLate = () => answer(null, data);
    });
    try {
      const replaced = adapter.replace('key', version, recordOf(['coffee']));
      const removed = adapter.remove('key');
      expect(await removed).toBe('removed');
      answerLate();
      await expect(replaced).rejects.toThrow('another write had begun');
      expect(store.held.has('key')).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('returns a payload that nothing the application does can change', async () => {
    const { store, adapter, found } = await holding(['tea']);
    expect(await adapter.replace('key', found.version, recordOf(['milk']))).toEqual(WRITTEN);
    expect(JSON.parse(found.payload)).toMatchObject({ cart: ['tea'] });
    expect(store.held.get('key')).toMatchObject({ cart: ['milk'] });
  });

  it.each([undefined, null])('treats %p from get as an absent record', async (nothing) => {
    const store = new ObjectStore();
    store.get = (_key, answer) => answer(null, nothing);
    const adapter = new ExpressStoreAdapter(store);
    expect(await adapter.read('key')).toBeUndefined();
    expect(await adapter.replace('key', 'anything', recordOf([]))).toBe('gone');
  });

  it('treats ENOENT from get as an absent record', async () => {
    const store = new ObjectStore();
    store.get = (_key, answer) => answer(absent);
    const adapter = new ExpressStoreAdapter(store);
    expect(await adapter.read('key')).toBeUndefined();
    expect(await adapter.replace('key', 'anything', recordOf([]))).toBe('gone');
    expect(await adapter.create('key', recordOf([]))).toEqual(WRITTEN);
  });

  it('treats an expired record as absent, even if the store still has it', async () => {
    const store = new ObjectStore();
    const adapter = new ExpressStoreAdapter(store);
    const { payload } = recordOf(['tea']);
    await adapter.create('key', { payload, expiresAt: Date.now() - 1 });
    expect(store.held.has('key')).toBe(true);
    expect(await adapter.read('key')).toBeUndefined();
    expect(await adapter.create('key', recordOf(['milk']))).toEqual(WRITTEN);
  });

  it('neither writes nor destroys on a conflict', async () => {
    const { store, adapter, found } = await holding(['tea']);
    store.calls.length = 0;
    expect(await adapter.replace('key', 'stale', recordOf(['milk']))).toEqual({ conflict: found });
    expect(await adapter.remove('key', 'stale')).toEqual({ conflict: found });
    expect(await adapter.create('key', recordOf(['milk']))).toBe('taken');
    expect(store.calls).toEqual(['get', 'get', 'get']);
  });

  describe('rejects', () => {
    it('when get returns an error, and never treats the record as absent', async () => {
      const { store, adapter, version } = await holding(['tea']);
      store.get = (_key, answer) => answer(refused);
      store.calls.length = 0;
      await expect(adapter.read('key')).rejects.toBe(refused);
      await expect(adapter.create('key', recordOf([]))).rejects.toBe(refused);
      await expect(adapter.replace('key', version, recordOf([]))).rejects.toBe(refused);
      await expect(adapter.remove('key', version)).rejects.toBe(refused);
      expect(store.calls).toEqual([]);
    });

    it('when set returns an error', async () => {
      const { store, adapter, version } = await holding(['tea']);
      store.set = (_key, _data, done) => done?.(refused);
      await expect(adapter.replace('key', version, recordOf([]))).rejects.toBe(refused);
      await expect(adapter.create('other', recordOf([]))).rejects.toBe(refused);
    });

    it('when destroy returns an error', async () => {
      const { store, adapter, version } = await holding(['tea']);
      store.destroy = (_key, done) => done?.(refused);
      await expect(adapter.remove('key')).rejects.toBe(refused);
      await expect(adapter.remove('key', version)).rejects.toBe(refused);
    });

    it('with an Error when the store fails with something else', async () => {
      const { store, adapter } = await holding(['tea']);
      store.get = (_key, answer) => answer('connection lost');
      await expect(adapter.read('key')).rejects.toMatchObject({
        message: 'The session store failed',
        cause: 'connection lost',
      });
    });

    it('when the store throws synchronously', async () => {
      const { store, adapter, version } = await holding(['tea']);
      const throwing = (): never => {
        throw refused;
      };
      store.set = throwing;
      await expect(adapter.replace('key', version, recordOf([]))).rejects.toBe(refused);
      store.destroy = throwing;
      await expect(adapter.remove('key', version)).rejects.toBe(refused);
      store.get = throwing;
      await expect(adapter.read('key')).rejects.toBe(refused);
    });
  });

  it('serves the next call for a key after one that failed', async () => {
    const { store, adapter, version } = await holding(['tea']);
    const { set } = store;
    store.set = (_key, _data, done) => done?.(refused);
    const failing = adapter.replace('key', version, recordOf(['milk']));
    await expect(failing).rejects.toBe(refused);
    store.set = set;
    expect(await adapter.replace('key', version, recordOf(['bread']))).toEqual(WRITTEN);
  });
});
