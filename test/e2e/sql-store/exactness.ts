import { describe, expect, it } from '@jest/globals';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect } from 'nestjs-sesame/sql';
import type { StoredRecord } from 'nestjs-sesame';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';

const MAX = 3;
const HOUR = 3_600_000;

const record = (said: string): StoredRecord => ({
  payload: JSON.stringify({ said }),
  expiresAt: Date.now() + HOUR,
});

/** What several instances do side by side. */
export function describeExactness(dialect: SqlDialect, place: () => SqlPlace): void {
  describe('between instances', () => {
    const instances = (): SqlSessionStore[] => Array.from({ length: 4 }, () => place().store());

    it.each(['evict-oldest', 'reject'] as const)(
      'a cap is exact under parallel sign-ins, with %s',
      async (onExceed) => {
        const stores = instances();
        const signIns = Array.from({ length: 40 }, (_, at) => ({ at, store: stores[at % 4] }));
        const outcomes = await Promise.all(
          signIns.map(({ at, store }) =>
            store?.move({
              from: undefined,
              mark: undefined,
              to: `key-${at}`,
              record: record('signed in'),
              entry: { userId: 'ada', expiresAt: Date.now() + HOUR + at },
              limit: { max: MAX, onExceed },
              needsFormerEntry: false,
            }),
          ),
        );
        const moved = outcomes.flatMap((one) =>
          typeof one === 'object' && 'moved' in one ? [one] : [],
        );
        const left = await place().store().users.list('ada');
        expect(left).toHaveLength(MAX);
        expect(moved).toHaveLength(onExceed === 'reject' ? MAX : 40);
        // Each was evicted once, and none of those that are left was.
        const evicted = moved.flatMap((one) => one.evicted);
        expect(new Set([...evicted, ...left]).size).toBe(moved.length);
        expect(evicted).toHaveLength(moved.length - MAX);
      },
    );

    it('two users who sign in as each other wait for each other, but never forever', async () => {
      const [one, other] = instances();
      const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`);
      for (const [at, key] of keys.entries()) {
        await one?.create(key, record('former'));
        await one?.users.add(at % 2 === 0 ? 'ada' : 'grace', { key, expiresAt: Date.now() + HOUR });
      }
      const outcomes = await Promise.all(
        keys.map(async (key, at) => {
          const store = (at % 2 === 0 ? one : other) ?? place().store();
          const { version = 0 } = (await store.read(key)) ?? {};
          return store.move({
            from: { key, version, userId: at % 2 === 0 ? 'ada' : 'grace' },
            mark: record('mark'),
            to: `next-${at}`,
            record: record('next'),
            entry: { userId: at % 2 === 0 ? 'grace' : 'ada', expiresAt: Date.now() + HOUR },
            limit: undefined,
            needsFormerEntry: false,
          });
        }),
      );
      expect(outcomes.map((outcome) => Object.keys(Object(outcome)))).toEqual(
        keys.map(() => ['moved', 'evicted']),
      );
      const of = (rest: number): string[] =>
        keys.flatMap((_key, at) => (at % 2 === rest ? [`next-${at}`] : [])).toSorted();
      expect((await place().store().users.list('grace')).toSorted()).toEqual(of(0));
      expect((await place().store().users.list('ada')).toSorted()).toEqual(of(1));
    });

    it('what a deadlock undid is done again', async () => {
      const store = place().store();
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const renewals = await Promise.all(
        keys.map(async (key) => {
          const written = await store.create(key, record('first'));
          if (written === 'taken') throw new Error('the key is taken');
          return { key, version: written.version, record: record('renewed') };
        }),
      );
      const other = await place().begin();
      // It has more to lose, so the store is the one whose work is undone.
      await other.run("UPDATE sesame_sessions SET turn_until = 1 WHERE session_key <> 'a'");
      const renewed = store.renewMany(renewals);
      try {
        if (dialect !== 'sqlite') {
          await until(() => place().isSomebodyWaiting());
          await other.run("UPDATE sesame_sessions SET turn_until = 1 WHERE session_key = 'a'");
        }
      } finally {
        await other.end();
      }
      expect((await renewed).map((one) => Object.keys(Object(one)))).toEqual(
        keys.map(() => ['version']),
      );
    });
  });
}
