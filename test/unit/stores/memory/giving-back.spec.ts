import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { MemorySessionStore } from 'nestjs-sesame';
import type { Version } from 'nestjs-sesame';

const HOUR = 3_600_000;
const START = 1_700_000_000_000;

let now: number;
let store: MemorySessionStore;
let drops: number;

const open = (max?: number): void => {
  now = START;
  drops = 0;
  store = new MemorySessionStore({ max, clock: () => now });
  store.onDrop(() => {
    drops += 1;
  });
};

beforeEach(() => {
  jest.useFakeTimers();
  open();
});

afterEach(async () => {
  await store.close();
  jest.useRealTimers();
});

/** Stores a record, and returns its version; `undefined` if the key is taken. */
const create = async (key: string, lifetime = HOUR): Promise<Version | undefined> => {
  const record = { payload: `payload of ${key}`, expiresAt: now + lifetime };
  const written = await store.create(key, record);
  return written === 'taken' ? undefined : written.version;
};

const createUsers = async (key: string, lifetime = HOUR): Promise<void> => {
  await store.users.add(`user of ${key}`, { key, expiresAt: now + lifetime });
  await create(key, lifetime);
};

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `key-${n}`);

/** What is really still there shows up again when the clock goes back. */
const kept = async (keys: readonly string[]): Promise<string[]> => {
  now = START;
  const found: string[] = [];
  for (const key of keys) if ((await store.read(key)) !== undefined) found.push(key);
  return found;
};

const entered = async (keys: readonly string[]): Promise<string[]> => {
  now = START;
  const found: string[] = [];
  for (const key of keys) found.push(...(await store.users.list(`user of ${key}`)));
  return found;
};

describe('What has expired', () => {
  it('is freed by other writes, a few entries at a time', async () => {
    for (const key of numbered(100)) await createUsers(key);
    now += HOUR;
    await create('next');
    const left = (await kept(numbered(100))).length;
    expect(left).toBeLessThan(100);
    expect(left).toBeGreaterThan(90);
    now += HOUR;
    for (const key of numbered(50)) await create(`other-${key}`);
    expect(await kept(numbered(100))).toEqual([]);
    expect(await entered(numbered(100))).toEqual([]);
  });

  it('is freed by a timer when nobody writes, in bounded steps', async () => {
    for (const key of numbered(2_500)) await create(key);
    now += HOUR;
    await jest.advanceTimersByTimeAsync(1_000);
    const steps = [(await kept(numbered(2_500))).length];
    now += HOUR;
    await jest.advanceTimersByTimeAsync(100);
    steps.push((await kept(numbered(2_500))).length);
    expect(steps).toEqual([1_500, 0]);
  });

  it('is freed in the index, too, even if there never was a record', async () => {
    for (const key of numbered(10)) {
      await store.users.add(`user of ${key}`, { key, expiresAt: now + HOUR });
    }
    now += HOUR;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await entered(numbered(10))).toEqual([]);
  });

  it('is freed by the expiry that a touch gave it, and no sooner', async () => {
    const version = (await create('a')) ?? '';
    await create('b');
    const record = { payload: 'touched', expiresAt: now + 2 * HOUR };
    expect(await store.replace('a', version, record)).toHaveProperty('version');
    now += HOUR;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await kept(['a', 'b'])).toEqual(['a']);
  });

  it('includes tombstones', async () => {
    await createUsers('a', 24 * HOUR);
    await store.put('a', { payload: 'ended', expiresAt: now + HOUR });
    await store.users.remove('user of a', 'a');
    now += HOUR;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await kept(['a'])).toEqual([]);
  });
});

describe('The timer', () => {
  it('runs only while there is something to free', async () => {
    expect(jest.getTimerCount()).toBe(0);
    await createUsers('a');
    expect(jest.getTimerCount()).toBe(1);
    now += HOUR;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stops when the store is closed, and runs again for what is stored after that', async () => {
    await create('a');
    await store.close();
    expect(jest.getTimerCount()).toBe(0);
    await create('b');
    expect(jest.getTimerCount()).toBe(1);
  });
});

describe('To make room, the store', () => {
  it('drops what has expired before anything that has not', async () => {
    open(3);
    await createUsers('expired', HOUR);
    await createUsers('a', 3 * HOUR);
    await create('b', 2 * HOUR);
    now += HOUR;
    await create('c');
    expect(await kept(['expired', 'a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(drops).toBe(0);
  });

  it('drops the least recently used anonymous session before any of a user', async () => {
    open(3);
    await createUsers('a');
    await create('b');
    await create('c');
    await store.read('b');
    await createUsers('d');
    expect(await kept(['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'd']);
    expect(drops).toBe(0);
  });

  it("drops a user's session last, the least recently used one, and reports that", async () => {
    open(2);
    await createUsers('a');
    await createUsers('b');
    await store.read('a');
    await create('c');
    expect(await kept(['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(await entered(['a', 'b'])).toEqual(['a']);
    expect(drops).toBe(1);
  });

  it('treats a session as anonymous once its entry is gone', async () => {
    open(2);
    await createUsers('a');
    await createUsers('b');
    await store.users.remove('user of a', 'a');
    await createUsers('c');
    expect(await kept(['a', 'b', 'c'])).toEqual(['b', 'c']);
    expect(drops).toBe(0);
  });

  it("treats a session as a user's even if its entry comes after its record", async () => {
    open(2);
    await create('a');
    await create('b');
    await store.users.add('ada', { key: 'a', expiresAt: now + HOUR });
    await create('c');
    expect(await kept(['a', 'b', 'c'])).toEqual(['a', 'c']);
  });

  it('drops what a simple model says, whatever happened before', async () => {
    const keys = numbered(7);
    const step = fc.record({
      act: fc.constantFrom('create', 'create', 'create', 'read', 'add', 'remove', 'pass'),
      key: fc.constantFrom(...keys),
      lifetime: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        open(4);
        const model = new Model(4);
        for (const { act, key, lifetime } of steps) {
          if (act === 'create') {
            const isStored = (await create(key, lifetime)) !== undefined;
            expect(isStored).toBe(model.create(key, now, now + lifetime));
          } else if (act === 'read') {
            expect((await store.read(key)) !== undefined).toBe(model.use(key, now));
          } else if (act === 'add') {
            await store.users.add(key, { key, expiresAt: START + HOUR });
            model.own(key, true);
          } else if (act === 'remove') {
            await store.users.remove(key, key);
            model.own(key, false);
          } else {
            now += lifetime;
          }
        }
        const expected = keys.filter((key) => model.use(key, now));
        const found: string[] = [];
        for (const key of keys) if ((await store.read(key)) !== undefined) found.push(key);
        expect([found, drops]).toEqual([expected, model.drops]);
      }),
      { numRuns: 500 },
    );
  });
});

/** The store as a plain list, the least recently used first. */
class Model {
  drops = 0;
  private records: { key: string; expiresAt: number }[] = [];
  private readonly owned = new Set<string>();

  constructor(private readonly max: number) {}

  create(key: string, now: number, expiresAt: number): boolean {
    if (this.use(key, now)) return false;
    this.records = this.records.filter((one) => one.expiresAt > now || this.lose(one.key));
    if (this.records.length === this.max) {
      const anonymous = this.records.find((one) => !this.owned.has(one.key));
      const victim = anonymous ?? this.records[0];
      if (anonymous === undefined) this.drops += 1;
      this.records = this.records.filter((one) => one !== victim);
      if (victim !== undefined) this.lose(victim.key);
    }
    this.records.push({ key, expiresAt });
    return true;
  }

  use(key: string, now: number): boolean {
    const found = this.records.find((one) => one.key === key);
    if (found === undefined) return false;
    this.records = this.records.filter((one) => one !== found);
    if (found.expiresAt <= now) return this.lose(key);
    this.records.push(found);
    return true;
  }

  own(key: string, isOwned: boolean): void {
    if (this.owned.has(key) === isOwned) return;
    if (isOwned) this.owned.add(key);
    else this.owned.delete(key);
    const found = this.records.find((one) => one.key === key);
    if (found !== undefined) this.records = [...this.records.filter((one) => one !== found), found];
  }

  private lose(key: string): false {
    this.owned.delete(key);
    return false;
  }
}
