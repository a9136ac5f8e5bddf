import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from 'nestjs-sesame';
import type { StoreClock } from './session-store.contract.js';

/** An index under test, empty. */
export interface IndexUnderTest {
  readonly index: UserIndex;
  /** Left out, the index goes by real time. */
  readonly clock?: StoreClock;
  close?(): Promise<void> | void;
}

const HOUR = 3_600_000;

/** How long the entries about to expire live where time cannot be set. */
const SHORT_LIFE = 300;

/** What every index of users must do: the promises of the `UserIndex` port, as one suite of cases. */
export function describeIndexContract(
  name: string,
  create: () => Promise<IndexUnderTest>,
  { numRuns = 100 } = {},
): void {
  describe(`${name} as a UserIndex`, () => {
    let subject: IndexUnderTest;
    let index: UserIndex;

    const now = (): number => subject.clock?.now() ?? Date.now();
    const inAnHour = (offset = 0): number => now() + HOUR + offset;

    /** Enters keys, the first one the least recently used. */
    const enterAll = async (userId: string, ...keys: string[]): Promise<void> => {
      for (const [place, key] of keys.entries()) {
        await index.add(userId, { key, expiresAt: inAnHour(place) });
      }
    };
    const passBy = async (expiresAt: number): Promise<void> => {
      subject.clock?.advance(expiresAt - subject.clock.now());
      while (now() < expiresAt) await new Promise((resolve) => setImmediate(resolve));
    };

    beforeEach(async () => {
      subject = await create();
      index = subject.index;
    });
    afterEach(async () => {
      await subject.close?.();
    });

    describe('add', () => {
      it('keeps one user apart from another', async () => {
        await enterAll('ada', 'a1', 'a2');
        await enterAll('grace', 'g1');
        expect(await index.list('ada')).toEqual(['a1', 'a2']);
        expect(await index.list('grace')).toEqual(['g1']);
        expect(await index.list('nobody')).toEqual([]);
      });

      it.each(['a:b', '{curly}', 'emoji 🗝', ' ', '__proto__', 'constructor', 'x'.repeat(1_000)])(
        'takes the user id %j as it is',
        async (userId) => {
          await enterAll(userId, 'k');
          expect(await index.list(userId)).toEqual(['k']);
          expect(await index.remove(userId, 'k')).toBe(true);
          expect(await index.list(userId)).toEqual([]);
        },
      );

      it('evicts the least recently used, as many as have to go, and no one else', async () => {
        await enterAll('ada', 'a', 'b', 'c', 'd');
        await enterAll('grace', 'g');
        await index.update('ada', { key: 'a', expiresAt: inAnHour(100) });
        const limit = { max: 3, onExceed: 'evict-oldest' } as const;
        const outcome = await index.add('ada', { key: 'e', expiresAt: inAnHour(200) }, limit);
        expect(outcome).toEqual({ evicted: ['b', 'c'] });
        expect(await index.list('ada')).toEqual(['d', 'a', 'e']);
        expect(await index.list('grace')).toEqual(['g']);
      });

      it('evicts others, though the one that enters expires first', async () => {
        await enterAll('ada', 'a', 'b');
        const limit = { max: 2, onExceed: 'evict-oldest' } as const;
        const outcome = await index.add('ada', { key: 'c', expiresAt: now() + 60_000 }, limit);
        expect(outcome).toEqual({ evicted: ['a'] });
        expect(await index.list('ada')).toEqual(['c', 'b']);
      });

      it('refuses what is too many, and changes nothing', async () => {
        await enterAll('ada', 'a', 'b');
        const limit = { max: 2, onExceed: 'reject' } as const;
        expect(await index.add('ada', { key: 'c', expiresAt: inAnHour(9) }, limit)).toBe('full');
        expect(await index.list('ada')).toEqual(['a', 'b']);
        expect(await index.remove('ada', 'c')).toBe(false);
      });

      it('does not count what has expired', async () => {
        const expiresAt = now() + SHORT_LIFE;
        await index.add('ada', { key: 'brief', expiresAt });
        await passBy(expiresAt);
        const limit = { max: 1, onExceed: 'reject' } as const;
        const entry = { key: 'a', expiresAt: inAnHour() };
        expect(await index.add('ada', entry, limit)).toEqual({ evicted: [] });
        expect(await index.list('ada')).toEqual(['a']);
      });

      it.each(['evict-oldest', 'reject'] as const)(
        'is the same when it is done twice, as by a client that sends it again, with %s',
        async (onExceed) => {
          await enterAll('ada', 'a');
          const limit = { max: 2, onExceed };
          const entry = { key: 'b', expiresAt: inAnHour(9) };
          expect(await index.add('ada', entry, limit)).toEqual({ evicted: [] });
          expect(await index.add('ada', entry, limit)).toEqual({ evicted: [] });
          expect(await index.list('ada')).toEqual(['a', 'b']);
        },
      );

      it('lets nobody in where none is allowed, with reject', async () => {
        const limit = { max: 0, onExceed: 'reject' } as const;
        expect(await index.add('ada', { key: 'a', expiresAt: inAnHour() }, limit)).toBe('full');
        expect(await index.list('ada')).toEqual([]);
      });

      it.each([1, 3])('never exceeds a cap of %i by parallel calls that evict', async (max) => {
        const limit = { max, onExceed: 'evict-oldest' } as const;
        const keys = Array.from({ length: 50 }, (_, place) => `k${place}`);
        const outcomes = await Promise.all(
          keys.map((key, place) => index.add('ada', { key, expiresAt: inAnHour(place) }, limit)),
        );
        const left = await index.list('ada');
        const evicted = outcomes.flatMap((outcome) => (outcome === 'full' ? [] : outcome.evicted));
        expect(left).toHaveLength(max);
        expect([...left, ...evicted].toSorted()).toEqual(keys.toSorted());
      });

      it('never exceeds a cap by parallel calls that are refused', async () => {
        const limit = { max: 3, onExceed: 'reject' } as const;
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, (_, place) =>
            index.add('ada', { key: `k${place}`, expiresAt: inAnHour(place) }, limit),
          ),
        );
        expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(47);
        expect(await index.list('ada')).toHaveLength(3);
      });
    });

    describe('update', () => {
      it('moves an entry behind those that were used before it', async () => {
        await enterAll('ada', 'a', 'b', 'c');
        expect(await index.update('ada', { key: 'a', expiresAt: inAnHour(50) })).toBe(true);
        expect(await index.list('ada')).toEqual(['b', 'c', 'a']);
      });

      it('keeps an entry beyond its first expiry', async () => {
        const expiresAt = now() + SHORT_LIFE;
        await index.add('ada', { key: 'a', expiresAt });
        expect(await index.update('ada', { key: 'a', expiresAt: inAnHour() })).toBe(true);
        await passBy(expiresAt);
        expect(await index.list('ada')).toEqual(['a']);
      });

      it('answers false for an entry that is gone, and it stays gone', async () => {
        await enterAll('ada', 'a');
        await index.remove('ada', 'a');
        expect(await index.update('ada', { key: 'a', expiresAt: inAnHour() })).toBe(false);
        expect(await index.update('ada', { key: 'never', expiresAt: inAnHour() })).toBe(false);
        expect(await index.list('ada')).toEqual([]);
      });

      it('answers false for an entry that has expired, and it stays gone', async () => {
        const expiresAt = now() + SHORT_LIFE;
        await index.add('ada', { key: 'a', expiresAt });
        await passBy(expiresAt);
        expect(await index.update('ada', { key: 'a', expiresAt: inAnHour() })).toBe(false);
        expect(await index.list('ada')).toEqual([]);
      });

      it("answers false for another user's entry, and leaves it alone", async () => {
        await enterAll('ada', 'a', 'b');
        expect(await index.update('grace', { key: 'a', expiresAt: inAnHour(50) })).toBe(false);
        expect(await index.list('ada')).toEqual(['a', 'b']);
        expect(await index.list('grace')).toEqual([]);
      });
    });

    describe('update with a former key', () => {
      it('gives the place of one key to another', async () => {
        await enterAll('ada', 'old', 'other');
        expect(await index.update('ada', { key: 'new', expiresAt: inAnHour(9) }, 'old')).toBe(true);
        expect(await index.list('ada')).toEqual(['other', 'new']);
      });

      it('is the same when it is done twice', async () => {
        await enterAll('ada', 'old');
        const entry = { key: 'new', expiresAt: inAnHour(9) };
        expect(await index.update('ada', entry, 'old')).toBe(true);
        expect(await index.update('ada', entry, 'old')).toBe(true);
        expect(await index.list('ada')).toEqual(['new']);
      });

      it('enters nothing where neither key is there', async () => {
        await enterAll('ada', 'other');
        expect(await index.update('ada', { key: 'new', expiresAt: inAnHour(9) }, 'old')).toBe(
          false,
        );
        expect(await index.list('ada')).toEqual(['other']);
      });
    });

    describe('remove', () => {
      it('answers true to exactly one of many parallel calls', async () => {
        await enterAll('ada', 'a', 'b');
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => index.remove('ada', 'a')),
        );
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await index.list('ada')).toEqual(['b']);
      });

      it("answers false for another user's entry, and leaves it alone", async () => {
        await enterAll('ada', 'a');
        expect(await index.remove('grace', 'a')).toBe(false);
        expect(await index.list('ada')).toEqual(['a']);
        expect(await index.remove('ada', 'a')).toBe(true);
      });

      it('answers false for an entry that has expired', async () => {
        const expiresAt = now() + SHORT_LIFE;
        await index.add('ada', { key: 'a', expiresAt });
        await passBy(expiresAt);
        expect(await index.remove('ada', 'a')).toBe(false);
      });
    });

    describe('removeMany', () => {
      const removeMany = async (userId: string, keys: string[]): Promise<readonly boolean[]> =>
        index.removeMany?.(userId, keys) ??
        Promise.all(keys.map((key) => index.remove(userId, key)));

      it('answers about each key in its place, and leaves the others alone', async () => {
        await enterAll('ada', 'a', 'b', 'c');
        await enterAll('grace', 'g');
        expect(await removeMany('ada', ['c', 'absent', 'a', 'g'])).toEqual([
          true,
          false,
          true,
          false,
        ]);
        expect(await index.list('ada')).toEqual(['b']);
        expect(await index.list('grace')).toEqual(['g']);
      });

      it('answers true to exactly one of many parallel calls for each key', async () => {
        await enterAll('ada', 'a', 'b');
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, turn) =>
            removeMany('ada', turn % 2 === 0 ? ['a', 'b'] : ['b', 'a']),
          ),
        );
        expect(answers.flat().filter(Boolean)).toHaveLength(2);
        expect(await index.list('ada')).toEqual([]);
      });

      it('answers false for an entry that has expired', async () => {
        const expiresAt = now() + SHORT_LIFE;
        await index.add('ada', { key: 'a', expiresAt });
        await enterAll('ada', 'b');
        await passBy(expiresAt);
        expect(await removeMany('ada', ['a', 'b'])).toEqual([false, true]);
      });
    });

    describe('list', () => {
      it('begins with the entries that expire first, where not all are needed', async () => {
        await enterAll('ada', 'a', 'b', 'c');
        expect((await index.list('ada', 2)).slice(0, 2)).toEqual(['a', 'b']);
        expect(await index.list('ada', 3)).toEqual(['a', 'b', 'c']);
        expect(await index.list('ada', 9)).toEqual(['a', 'b', 'c']);
      });
    });

    it('does as a simple model does, whatever is asked of it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
          await subject.close?.();
          subject = await create();
          index = subject.index;
          const model = new Model();
          const start = now() + HOUR;
          let used = 0;
          for (const one of commands) {
            // Distinct, so that there is one order only.
            used += 1;
            const expiresAt = start + one.lifetime * 1_000 + used;
            expect(await perform(index, one, expiresAt)).toEqual(
              performOnModel(model, one, expiresAt),
            );
            for (const user of USERS) {
              expect(await index.list(user)).toEqual(model.list(user));
            }
          }
        }),
        { numRuns },
      );
    });
  });
}

const USERS = ['ada', 'grace'];
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5'];

interface Command {
  readonly type: 'add' | 'update' | 'remove';
  readonly user: string;
  readonly key: string;
  readonly lifetime: number;
  readonly replacing: string | undefined;
  readonly limit: SessionLimit | undefined;
}

const command: fc.Arbitrary<Command> = fc.record({
  type: fc.constantFrom<Command['type']>('add', 'add', 'add', 'update', 'remove'),
  user: fc.constantFrom(...USERS),
  key: fc.constantFrom(...KEYS),
  lifetime: fc.integer({ min: 1, max: 100 }),
  replacing: fc.option(fc.constantFrom(...KEYS), { nil: undefined, freq: 3 }),
  limit: fc.option(
    fc.record({
      max: fc.integer({ min: 1, max: 4 }),
      onExceed: fc.constantFrom<'evict-oldest' | 'reject'>('evict-oldest', 'reject'),
    }),
    { nil: undefined },
  ),
});

/** A key belongs to one session and so to one user: each user has keys of their own. */
const keyOf = ({ user }: Command, key: string): string => `${user} ${key}`;

async function perform(index: UserIndex, one: Command, expiresAt: number): Promise<unknown> {
  const key = keyOf(one, one.key);
  if (one.type === 'remove') return index.remove(one.user, key);
  if (one.type === 'update') return index.update(one.user, { key, expiresAt }, formerOf(one));
  return index.add(one.user, { key, expiresAt }, one.limit);
}

function performOnModel(model: Model, one: Command, expiresAt: number): unknown {
  const key = keyOf(one, one.key);
  if (one.type === 'remove') return model.remove(one.user, key);
  if (one.type === 'update') return model.update(one.user, { key, expiresAt }, formerOf(one));
  return model.add(one.user, { key, expiresAt }, one.limit);
}

/** A session never takes its own place. */
function formerOf(one: Command): string | undefined {
  const { key, replacing } = one;
  return replacing === undefined || replacing === key ? undefined : keyOf(one, replacing);
}

/** The index as a plain list of entries. */
class Model {
  private entries: { user: string; key: string; expiresAt: number }[] = [];

  add(user: string, entry: IndexEntry, limit?: SessionLimit): EntryOutcome {
    const others = this.list(user).filter((one) => one !== entry.key);
    const hasPlace = others.length < this.list(user).length;
    const excess = Math.max(0, others.length + 1 - (limit?.max ?? Infinity));
    const isRejecting = limit?.onExceed === 'reject';
    if (excess > 0 && isRejecting && !hasPlace) return 'full';
    const evicted = isRejecting ? [] : others.slice(0, excess);
    this.put(user, entry, evicted);
    return { evicted };
  }

  update(user: string, entry: IndexEntry, formerKey?: string): boolean {
    const former = formerKey === undefined ? undefined : this.find(user, formerKey);
    if (this.find(user, entry.key) === undefined && former === undefined) return false;
    this.put(user, entry, formerKey === undefined ? [] : [formerKey]);
    return true;
  }

  private put(user: string, { key, expiresAt }: IndexEntry, gone: readonly string[]): void {
    this.entries = this.entries.filter((one) => ![...gone, key].includes(one.key));
    this.entries.push({ user, key, expiresAt });
  }

  remove(user: string, key: string): boolean {
    const entry = this.find(user, key);
    this.entries = this.entries.filter((one) => one !== entry);
    return entry !== undefined;
  }

  list(user: string): string[] {
    return this.entries
      .filter((one) => one.user === user)
      .toSorted((one, other) => one.expiresAt - other.expiresAt)
      .map(({ key }) => key);
  }

  private find(user: string, key: string) {
    return this.entries.find((one) => one.user === user && one.key === key);
  }
}
