import { describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';

const record = (payload: string) => ({ payload, expiresAt: Date.now() + 60_000 });

async function keptIn(store: MemorySessionStore, names: string): Promise<string> {
  const found: string[] = [];
  for (const name of names) if ((await store.read(name)) !== undefined) found.push(name);
  return found.join('');
}

describe('MemorySessionStore', () => {
  it('keeps no more than max sessions: the least recently used one goes', async () => {
    const store = new MemorySessionStore({ max: 3 });
    for (const name of 'abc') await store.create(name, record(name));
    await store.read('a');
    await store.create('d', record('d'));
    expect(await keptIn(store, 'abcd')).toBe('acd');
  });

  it('counts a write as a use', async () => {
    const store = new MemorySessionStore({ max: 2 });
    const first = await store.create('a', record('first'));
    await store.create('b', record('b'));
    await store.replace('a', first === 'taken' ? '' : first.version, record('second'));
    await store.create('c', record('c'));
    expect(await keptIn(store, 'abc')).toBe('ac');
  });

  it('never gives the same version twice under a key, whatever is stored or removed there', async () => {
    const store = new MemorySessionStore();
    const versions: unknown[] = [];
    const look = async (): Promise<void> => {
      versions.push((await store.read('a'))?.version);
    };
    await store.create('a', record('same'));
    await look();
    for (const payload of ['other', 'same']) {
      await store.replace('a', (await store.read('a'))?.version ?? '', record(payload));
      await look();
    }
    await store.put('a', record('same'));
    await look();
    await store.remove('a');
    await store.create('a', record('same'));
    await look();
    expect(versions).not.toContain(undefined);
    expect(new Set(versions).size).toBe(5);
  });

  it('moves a session even with room for only one, and drops none for it', async () => {
    const store = new MemorySessionStore({ max: 1 });
    let drops = 0;
    store.onDrop(() => {
      drops += 1;
    });
    const { expiresAt } = record('');
    await store.users.add('ada', { key: 'a', expiresAt });
    const created = await store.create('a', record('before'));
    const outcome = await store.move({
      from: { key: 'a', version: created === 'taken' ? '' : created.version, userId: 'ada' },
      mark: record('the mark'),
      to: 'b',
      record: record('after'),
      entry: { userId: 'ada', expiresAt },
      limit: undefined,
      needsFormerEntry: true,
    });
    expect(outcome).toMatchObject({ evicted: [] });
    expect(await keptIn(store, 'ab')).toBe('b');
    expect(await store.users.list('ada')).toEqual(['b']);
    expect(drops).toBe(0);
  });

  it('has room again once a session is removed', async () => {
    const store = new MemorySessionStore({ max: 2 });
    await store.create('a', record('a'));
    await store.create('b', record('b'));
    await store.remove('b');
    await store.create('c', record('c'));
    expect(await keptIn(store, 'abc')).toBe('ac');
  });

  it('uses the clock it is given', async () => {
    let now = 1_000;
    const store = new MemorySessionStore({ clock: () => now });
    await store.create('a', { payload: 'a', expiresAt: 2_000 });
    now = 1_999;
    expect(await store.read('a')).toMatchObject({ payload: 'a' });
    now = 2_000;
    expect(await store.read('a')).toBeUndefined();
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a max of %p', (max) => {
    expect(() => new MemorySessionStore({ max })).toThrow(RangeError);
    expect(() => new MemorySessionStore({ max })).toThrow(
      `MemorySessionStore: max is ${max}. It counts sessions: give a whole number above zero.`,
    );
  });

  it('uses the default max when it is undefined, as with every other option', async () => {
    const options: { max?: number } = {};
    Reflect.set(options, 'max', undefined);
    const store = new MemorySessionStore(options);
    expect(await store.create('a', record('a'))).toHaveProperty('version');
  });
});
