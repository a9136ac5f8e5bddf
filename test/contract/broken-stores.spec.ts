import { describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore, ReadRecord, StoredRecord, UserIndex } from 'nestjs-sesame';
import { sessionStoreContract, TestClock } from 'nestjs-sesame/testing';
import type { StoreContractOptions } from 'nestjs-sesame/testing';

const WHOLE = { index: true, move: true };

/** The promises that a memory store breaks once some of its methods are replaced. */
async function broken(
  change: (store: MemorySessionStore) => Partial<IndexedSessionStore>,
  options: StoreContractOptions = WHOLE,
): Promise<string[]> {
  const cases = sessionStoreContract(() => {
    const clock = new TestClock();
    const store = new MemorySessionStore({ clock: clock.now });
    return { store: Object.assign(store, change(store)), clock };
  }, options);
  const names: string[] = [];
  for (const { name, run } of cases) await run().catch(() => names.push(name));
  return names;
}

const ofUsers = (change: (users: UserIndex) => Partial<UserIndex>) => {
  return ({ users }: MemorySessionStore) => ({ users: { ...users, ...change(users) } });
};

/** A record that never expires. */
const kept = (record: StoredRecord): StoredRecord => ({
  ...record,
  expiresAt: Number.MAX_SAFE_INTEGER,
});

const INSERT = 'create succeeds for exactly one of many parallel calls with the same key';
const BLIND = 'replace succeeds for exactly one of many parallel calls with the same version';

describe('the contract of stores', () => {
  it('is kept by a store that is not broken', async () => {
    expect(await broken(() => ({}))).toEqual([]);
  });

  it.each<[string, string, Parameters<typeof broken>[0]]>([
    [
      'overwrites a key that is taken',
      INSERT,
      (store) => ({
        async create(key, record) {
          await store.put(key, record);
          return { version: (await store.read(key))?.version ?? '' };
        },
      }),
    ],
    [
      'takes no notice of versions',
      BLIND,
      (store) => ({
        async replace(key, _version, record) {
          const found = await store.read(key);
          if (found === undefined) return 'gone';
          await store.put(key, record);
          return { version: (await store.read(key))?.version ?? '' };
        },
      }),
    ],
    [
      'brings back what was removed',
      'replace never brings back what was removed',
      (store) => {
        const replace = store.replace.bind(store);
        return {
          async replace(key, version, record) {
            const outcome = await replace(key, version, record);
            return outcome === 'gone' ? store.create(key, record).then(() => 'gone') : outcome;
          },
        };
      },
    ],
    [
      'removes whatever is there',
      'remove leaves any other version as it is, and returns what is stored',
      (store) => {
        const remove = store.remove.bind(store);
        return { remove: (key) => remove(key) };
      },
    ],
    [
      'keeps what has expired',
      'a record that has expired is not read',
      (store) => {
        const put = store.put.bind(store);
        const create = store.create.bind(store);
        return {
          put,
          create: (key, record) => create(key, kept(record)),
        };
      },
    ],
    [
      'never drops what was renewed',
      'a record is dropped sooner when it is renewed by one that lives shorter',
      (store) => ({
        renew: (key, version, record) => store.replace(key, version, kept(record)),
      }),
    ],
    [
      'never drops what was renewed among many',
      'a record is dropped sooner when it is renewed among many by one that lives shorter',
      (store) => {
        const renewMany = store.renewMany.bind(store);
        return {
          renewMany: (all) => renewMany(all.map((one) => ({ ...one, record: kept(one.record) }))),
        };
      },
    ],
    [
      'reads many records as it read them before',
      'readMany returns for each key what read would return',
      (store) => {
        const before = new Map<string, ReadRecord | undefined>();
        const readMany = store.readMany.bind(store);
        return {
          async readMany(keys) {
            const found = await readMany(keys);
            return keys.map((key, place) => {
              if (!before.has(key)) before.set(key, found[place]);
              return before.get(key);
            });
          },
        };
      },
    ],
    [
      'puts nothing',
      'put stores a record where there is none',
      () => ({ put: async () => undefined }),
    ],
    [
      'knows no limit',
      'users.add never exceeds a limit under parallel calls that are refused',
      ofUsers((users) => ({ add: (user, entry) => users.add(user, entry) })),
    ],
    [
      'enters what was gone',
      'users.update returns false for an entry that is gone, and it stays gone',
      ofUsers((users) => ({
        update: async (user, entry) => (await users.add(user, entry)) !== 'full',
      })),
    ],
    [
      'tells everybody that they removed it',
      'users.remove returns true to exactly one of many parallel calls',
      ofUsers((users) => ({
        remove: (user, key) => users.remove(user, key).then(() => true),
      })),
    ],
    [
      'lists the last one first',
      'users.add keeps one user apart from another',
      ofUsers((users) => ({
        list: (user) => users.list(user).then((keys) => keys.toReversed()),
      })),
    ],
    [
      'takes users for the same whose ids differ only in case',
      'users.add keeps users apart whose ids differ only in case, an accent or a space',
      ofUsers((users) => ({
        add: (user, entry, limit) => users.add(user.toLowerCase(), entry, limit),
        list: (user) => users.list(user.toLowerCase()),
      })),
    ],
    [
      'never drops the mark of a move',
      'move lets the mark and the new record expire as asked',
      (store) => {
        const move = store.move.bind(store);
        return { move: (asked) => move({ ...asked, mark: asked.mark && kept(asked.mark) }) };
      },
    ],
    [
      'never drops the record of a move',
      'move lets the mark and the new record expire as asked',
      (store) => {
        const move = store.move.bind(store);
        return { move: (asked) => move({ ...asked, record: kept(asked.record) }) };
      },
    ],
    [
      'leaves the former record at a move',
      'move signs a user in to a session of nobody',
      (store) => {
        const move = store.move.bind(store);
        return { move: (asked) => move({ ...asked, from: undefined }) };
      },
    ],
  ])('is broken by a store that %s', async (_what, promise, change) => {
    expect(await broken(change)).toContain(promise);
  });

  it('reports a store that has more than its options say', async () => {
    expect(await broken(() => ({}), {})).toEqual(['the store has no index of users, and no move']);
  });

  it('has the same sequences for the same seed', () => {
    const names = (options: StoreContractOptions) =>
      sessionStoreContract(() => ({ store: new MemorySessionStore() }), options).map(
        ({ name }) => name,
      );
    expect(names({ seed: 7, sequences: 15 })).toContain(
      'calls are answered as by a plain map, in the sequences 17 to 21',
    );
    expect(names({})).toEqual(names({ seed: 1, sequences: 40 }));
  });
});
