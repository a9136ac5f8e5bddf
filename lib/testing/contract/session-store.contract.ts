import assert from 'node:assert/strict';
import { isIndexedStore } from '../../stores/session-store.js';
import type { ContractCase, Promised } from './contract-case.js';
import { moving } from './moves/moving.js';
import { putting } from './moves/putting.js';
import { tryCalls } from './records/call-sequences.js';
import { expiring } from './records/expiring.js';
import { manyRecords } from './records/many-records.js';
import { reading } from './records/reading.js';
import { removing } from './records/removing.js';
import { replacing } from './records/replacing.js';
import { keyFor, StoreSubject } from './store-subject.js';
import type { StoreUnderTest } from './store-under-test.js';
import { adding } from './users/adding.js';
import { changing } from './users/changing.js';
import { tryIndexCalls } from './users/index-sequences.js';
import { manyEntries } from './users/many-entries.js';

/** What a store promises beyond `SessionStore`, and how thoroughly it is tried. */
export interface StoreContractOptions {
  /**
   * Whether it is an `IndexedSessionStore`: has `users` and `put`.
   * @default false
   */
  index?: boolean;
  /**
   * Whether it has `move`, besides an index.
   * @default false
   */
  move?: boolean;
  /**
   * How many sequences of calls are compared with what a plain map would answer, and as many with an index.
   * @default 40
   */
  sequences?: number;
  /**
   * Where the sequences begin: the same number makes the same ones.
   * @default 1
   */
  seed?: number;
}

/** How many sequences make a test, so that each ends well within a test runner's timeout. */
const SEQUENCES_PER_CASE = 10;

/**
 * Returns the contract of a session store, which Sesame's own stores keep: one test for each promise, for any
 * test runner, as in `for (const { name, run } of sessionStoreContract(create)) it(name, run)`. Some cases
 * wait about a second if the store goes by real time.
 * @param create makes a store for a case: empty, with room for a few hundred sessions
 */
export function sessionStoreContract(
  create: () => Promise<StoreUnderTest> | StoreUnderTest,
  { index = false, move = false, sequences = 40, seed = 1 }: StoreContractOptions = {},
): readonly ContractCase[] {
  const promised: readonly Promised[] = [
    ...reading,
    ...replacing,
    ...removing,
    ...manyRecords,
    ...expiring,
    ...inSequences('calls are answered as by a plain map', tryCalls, sequences, seed),
    hasOnly(index, move),
    ...(index ? [...adding, ...changing, ...manyEntries, ...putting] : []),
    ...(index
      ? inSequences('users are answered as by a plain list', tryIndexCalls, sequences, seed)
      : []),
    ...(index && move ? moving : []),
  ];
  return promised.map(([name, tries]) => ({
    name,
    async run() {
      const given = await create();
      try {
        await tries(new StoreSubject(given));
      } finally {
        await given.close?.();
      }
    },
  }));
}

/** Promises that the store has only what its options say, so that nothing goes untested. */
function hasOnly(index: boolean, move: boolean): Promised {
  const [indexed, moves] = [index ? 'an' : 'no', move ? 'a' : 'no'];
  return [
    `the store has ${indexed} index of users, and ${moves} move`,
    async ({ store }) => {
      await store.read(keyFor('absent')); // so that it is open before it is closed
      assert.equal(isIndexedStore(store), index, 'set the option `index` as it is');
      assert.equal('move' in store, move, 'set the option `move` as it is');
    },
  ];
}

function inSequences(
  what: string,
  tries: (subject: StoreSubject, seed: number) => Promise<void>,
  count: number,
  first: number,
): readonly Promised[] {
  const seeds = Array.from({ length: count }, (_, place) => first + place);
  const groups = Array.from({ length: Math.ceil(count / SEQUENCES_PER_CASE) }, (_, group) =>
    seeds.slice(group * SEQUENCES_PER_CASE, (group + 1) * SEQUENCES_PER_CASE),
  );
  return groups.map((group) => [
    `${what}, in the sequences ${group[0]} to ${group.at(-1)}`,
    async (subject) => {
      for (const seed of group) await tries(subject, seed);
    },
  ]);
}
