import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IndexedSessionStore, Move, StoredRecord, Version } from 'nestjs-sesame';
import { until } from '../support/until.js';
import type { StoreClock } from './session-store.contract.js';

/** A store with an index of users under test, empty and with room for a few hundred sessions. */
export interface IndexedStoreUnderTest {
  readonly store: IndexedSessionStore;
  /** Left out, the store goes by real time. */
  readonly clock?: StoreClock;
  close?(): Promise<void> | void;
}

const HOUR = 3_600_000;

/** How long what is about to expire lives. */
const SHORT_LIFE = 300;

/** What a store with an index of users must do with its records: `put`, and `move` where it has one. */
export function describeIndexedStoreContract(
  name: string,
  create: () => Promise<IndexedStoreUnderTest>,
  { moves = false } = {},
): void {
  describe(`${name} as an IndexedSessionStore`, () => {
    let subject: IndexedStoreUnderTest;
    let store: IndexedSessionStore;

    const now = (): number => subject.clock?.now() ?? Date.now();
    const record = (payload: string, lifetime = HOUR): StoredRecord => ({
      payload,
      expiresAt: now() + lifetime,
    });
    const passBy = async (expiresAt: number): Promise<void> => {
      subject.clock?.advance(expiresAt - subject.clock.now());
      while (now() < expiresAt) await new Promise((resolve) => setImmediate(resolve));
    };
    const textUnder = async (key: string): Promise<string | undefined> =>
      (await store.read(key))?.payload;

    beforeEach(async () => {
      subject = await create();
      store = subject.store;
    });
    afterEach(async () => {
      await subject.close?.();
    });

    it(`has ${moves ? 'a' : 'no'} move`, () => {
      expect(typeof store.move).toBe(moves ? 'function' : 'undefined');
    });

    describe('put', () => {
      it('puts a record where there is none', async () => {
        await store.put('a', record('the mark'));
        expect(await textUnder('a')).toBe('the mark');
      });

      it('puts it in the place of any other, under a version of its own', async () => {
        const created = await store.create('a', record('a record'));
        await store.put('a', record('the mark'));
        const conflict = await store.read('a');
        expect(conflict?.payload).toBe('the mark');
        const stale = created === 'taken' ? '' : created.version;
        expect(await store.replace('a', stale, record('late'))).toEqual({ conflict });
        expect(await store.remove('a', stale)).toEqual({ conflict });
        expect(await store.remove('a', conflict?.version)).toBe('removed');
      });

      it('has it expire as asked', async () => {
        const brief = record('the mark', SHORT_LIFE);
        await store.create('a', record('a record'));
        await store.put('a', brief);
        await passBy(brief.expiresAt);
        // A server counts from when a record arrives.
        await until(async () => (await store.read('a')) === undefined);
      });
    });

    if (!moves) return;

    describe('move', () => {
      const move = (asked: Move) => {
        if (store.move === undefined) throw new Error('it has no move');
        return store.move(asked);
      };

      /** What a move could change. */
      const standing = async () => ({
        former: await textUnder('former'),
        next: await textUnder('next'),
        ada: await store.users.list('ada'),
        grace: await store.users.list('grace'),
      });

      /** Stores the former record, and the entries, of which the first one expires first. */
      const given = async ({
        entries = {},
        brief = {},
        hasNext = false,
      }: Given): Promise<Version> => {
        const expiresAt = now() + SHORT_LIFE;
        for (const [user, keys] of Object.entries(brief)) {
          for (const key of keys) await store.users.add(user, { key, expiresAt });
        }
        if (Object.keys(brief).length > 0) await passBy(expiresAt);
        for (const [user, keys] of Object.entries(entries)) {
          for (const [place, key] of keys.entries()) {
            await store.users.add(user, { key, expiresAt: now() + HOUR + place });
          }
        }
        if (hasNext) await store.create('next', record('of somebody else'));
        const created = await store.create('former', record('before'));
        return created === 'taken' ? '' : created.version;
      };

      const moveFrom = (version: Version, asked: Partial<Move> = {}, userId?: string): Move => ({
        from: { key: 'former', version, userId },
        mark: record('the mark'),
        to: 'next',
        record: record('after'),
        entry: { userId: 'ada', expiresAt: now() + 2 * HOUR },
        limit: undefined,
        needsFormerEntry: false,
        ...asked,
      });

      it.each(MOVES)('$what', async ({ former, asked, evicted = [], leaves, ...place }) => {
        const version = await given(place);
        const outcome = await move(moveFrom(version, asked, former));
        expect(outcome).toEqual({ moved: expect.anything(), evicted });
        expect(await standing()).toEqual({
          former: 'the mark',
          next: 'after',
          ada: ['next'],
          grace: [],
          ...leaves,
        });
      });

      it.each(REFUSED_MOVES)(
        'changes nothing: $what',
        async ({ former, asked, says, ...place }) => {
          const version = await given(place);
          const before = await standing();
          expect(await move(moveFrom(version, asked, former))).toBe(says);
          expect(await standing()).toEqual(before);
        },
      );

      it('answers the version of the new record, and takes the former one its own', async () => {
        const version = await given({});
        const outcome = await move(moveFrom(version));
        const moved = typeof outcome === 'object' && 'moved' in outcome ? outcome.moved : '';
        expect(await store.replace('next', moved, record('later'))).toHaveProperty('version');
        const mark = await store.read('former');
        expect(await store.replace('former', version, record('late'))).toEqual({ conflict: mark });
      });

      it('is off where the former record has changed, and works with what is there now', async () => {
        const version = await given({ entries: { ada: ['former'] } });
        await store.replace('former', version, record('changed'));
        const before = await standing();
        const conflict = await store.read('former');
        expect(await move(moveFrom(version, {}, 'ada'))).toEqual({ conflict });
        expect(await standing()).toEqual(before);
        const again = await move(moveFrom(conflict?.version ?? '', {}, 'ada'));
        expect(again).toHaveProperty('moved');
        expect(await standing()).toEqual({
          former: 'the mark',
          next: 'after',
          ada: ['next'],
          grace: [],
        });
      });

      it.each(['removed', 'expired'])('is off where the former record is %s', async (how) => {
        const brief = record('before', SHORT_LIFE);
        const created = await store.create('former', brief);
        const version = created === 'taken' ? '' : created.version;
        if (how === 'removed') await store.remove('former');
        else await passBy(brief.expiresAt);
        expect(await move(moveFrom(version))).toBe('gone');
        expect(await standing()).toEqual({
          former: undefined,
          next: undefined,
          ada: [],
          grace: [],
        });
      });

      it('needs no former record where nothing is stored yet', async () => {
        expect(await move(moveFrom('', { from: undefined }))).toHaveProperty('moved');
        expect(await standing()).toEqual({
          former: undefined,
          next: 'after',
          ada: ['next'],
          grace: [],
        });
      });

      it('takes the new key where what was there has expired', async () => {
        const version = await given({});
        const brief = record('of somebody else', SHORT_LIFE);
        await store.create('next', brief);
        await passBy(brief.expiresAt);
        expect(await move(moveFrom(version))).toHaveProperty('moved');
        expect(await textUnder('next')).toBe('after');
      });

      it('is done for exactly one of many parallel calls with the same version', async () => {
        const version = await given({ entries: { ada: ['former'] } });
        const keys = Array.from({ length: 20 }, (_, place) => `next-${place}`);
        const outcomes = await Promise.all(
          keys.map((to) => move(moveFrom(version, { to }, 'ada'))),
        );
        const moved = keys.filter((_key, place) => Object(outcomes[place]).moved !== undefined);
        expect(moved).toHaveLength(1);
        const found = await Promise.all(keys.map(textUnder));
        expect(keys.filter((_key, place) => found[place] !== undefined)).toEqual(moved);
        expect(await store.users.list('ada')).toEqual(moved);
      });
    });
  });
}

/** What there is before a move, beside the former record. */
interface Given {
  /** The keys that each user has entries of. */
  readonly entries?: Readonly<Record<string, readonly string[]>>;
  /** Entries that have expired. */
  readonly brief?: Readonly<Record<string, readonly string[]>>;
  /** True when there is a record under the new key. */
  readonly hasNext?: boolean;
}

interface MoveCase extends Given {
  readonly what: string;
  /** Who was signed in under the former key. */
  readonly former?: string;
  readonly asked?: Partial<Move>;
}

const REJECT = { max: 1, onExceed: 'reject' } as const;
const EVICT = { max: 1, onExceed: 'evict-oldest' } as const;

/** Unless the case says otherwise, the former record becomes a mark and ada's one entry is the new key. */
interface DoneMove extends MoveCase {
  readonly evicted?: readonly string[];
  readonly leaves?: object;
}

const MOVES: readonly DoneMove[] = [
  { what: 'signs in who was nobody' },
  {
    what: 'removes the former record where no mark is asked for',
    asked: { mark: undefined },
    leaves: { former: undefined },
  },
  { what: 'moves a session of nobody', asked: { entry: undefined }, leaves: { ada: [] } },
  {
    what: "gives the former entry's place to the new key",
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'does not count the same user as one more, under a cap that rejects',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: REJECT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'does not count the same user as one more, under a cap that evicts',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: EVICT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'signs in another user, and removes the entry of the former one',
    entries: { grace: ['former', 'other'] },
    former: 'grace',
    leaves: { grace: ['other'] },
  },
  {
    what: 'asks for no former entry where the user is another one',
    former: 'grace',
    asked: { needsFormerEntry: true },
  },
  {
    what: 'asks for no former entry where there was no user',
    asked: { needsFormerEntry: true },
  },
  {
    what: "removes the former entry where the session is nobody's from now on",
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { entry: undefined, needsFormerEntry: true },
    leaves: { ada: ['other'] },
  },
  {
    what: 'evicts who has to go under a cap',
    entries: { ada: ['a', 'b'] },
    asked: { limit: EVICT },
    evicted: ['a', 'b'],
  },
  {
    what: 'counts the same user as one more where the former entry is gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { limit: EVICT },
    evicted: ['other'],
  },
  {
    what: 'does not count entries that have expired',
    brief: { ada: ['other'] },
    asked: { limit: REJECT },
  },
  {
    what: 'adds an entry anew where the former one has expired',
    brief: { ada: ['former'] },
    former: 'ada',
    asked: { limit: REJECT },
  },
];

interface RefusedMove extends MoveCase {
  readonly says: string;
}

const REFUSED_MOVES: readonly RefusedMove[] = [
  {
    what: 'the new key is taken',
    entries: { ada: ['former'] },
    former: 'ada',
    hasNext: true,
    says: 'taken',
  },
  {
    what: 'a cap rejects one more',
    entries: { ada: ['other'], grace: ['former'] },
    former: 'grace',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'a cap rejects the same user, whose former entry is gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'the former entry is gone, and needed',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: 'the former entry has expired, and is needed',
    brief: { ada: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: "the former entry is another user's by now, and needed",
    entries: { grace: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
];
