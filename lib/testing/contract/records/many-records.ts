import type { ReadRecord, Renewal, ReplaceOutcome } from '../../../stores/session-store.js';
import { same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { keyFor } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';

const [A, B, C, ABSENT] = [keyFor('a'), keyFor('b'), keyFor('c'), keyFor('absent')];

/** What `readMany` and `renewMany` promise; for a store without them, the single calls are tried. */
export const manyRecords: readonly Promised[] = [
  [
    'readMany returns for each key what read would return',
    async (subject) => {
      const b = await subject.stored(B, { name: 'b', text: 'žluťoučký kůň 🐎' });
      const a = await subject.stored(A, { name: 'a' });
      const read = await readMany(subject, [ABSENT, A, B, A, C]);
      same(read.length, 5);
      for (const [place, expected] of [undefined, a, b, a, undefined].entries()) {
        same(read[place], expected);
      }
      versionOf(await subject.store.replace(A, a.version, subject.record({ name: 'newer' })));
      same(await readMany(subject, [A, B]), [await subject.recordUnder(A), b]);
    },
  ],
  [
    'renewMany returns for each record what replace would return',
    async (subject) => {
      const a = await subject.stored(A, { name: 'a' });
      const b = await subject.stored(B, { name: 'b' });
      versionOf(await subject.store.replace(B, b.version, subject.record({ name: 'newer' })));
      const [newer, c] = [await subject.recordUnder(B), await subject.stored(C, { name: 'c' })];
      const outcomes = await renewMany(subject, [
        { key: ABSENT, version: a.version, record: subject.record({ name: 'back' }) },
        { key: A, version: a.version, record: subject.record({ name: 'x' }) },
        { key: B, version: b.version, record: subject.record({ name: 'y' }) },
        { key: C, version: c.version, record: subject.record({ name: 'z' }) },
      ]);
      const version = (await subject.recordUnder(A)).version;
      const ofC = (await subject.recordUnder(C)).version;
      same(outcomes, ['gone', { version }, { conflict: newer }, { version: ofC }]);
      same(await subject.store.read(ABSENT), undefined);
      same(await subject.saidUnder(A), { name: 'x' });
      same(await subject.saidUnder(B), { name: 'newer' });
      same(await subject.saidUnder(C), { name: 'z' });
    },
  ],
];

async function readMany(
  { store }: StoreSubject,
  keys: readonly string[],
): Promise<readonly (ReadRecord | undefined)[]> {
  if (store.readMany !== undefined) return store.readMany(keys);
  return inTurn(keys, (key) => store.read(key));
}

async function renewMany(
  { store }: StoreSubject,
  renewals: readonly Renewal[],
): Promise<readonly (ReplaceOutcome | 'busy')[]> {
  if (store.renewMany !== undefined) return store.renewMany(renewals);
  return inTurn(renewals, ({ key, version, record }) => store.replace(key, version, record));
}

async function inTurn<T, R>(all: readonly T[], call: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (const one of all) answers.push(await call(one));
  return answers;
}
