import type { ReplaceOutcome } from '../../../stores/session-store.js';
import { conflictOf, isWritten, same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { keyFor } from '../store-subject.js';

const A = keyFor('a');

/** What a version is, and what `replace` promises. */
export const replacing: readonly Promised[] = [
  [
    'each write returns the version that the next write needs',
    async (subject) => {
      const { store } = subject;
      const first = versionOf(await store.create(A, subject.record({ name: 'first' })));
      const next = subject.record({ name: 'second', more: true });
      const second = versionOf(await store.replace(A, first, next));
      const third = versionOf(await store.replace(A, second, subject.record({ name: 'third' })));
      same(await subject.saidUnder(A), { name: 'third' });
      same(await store.remove(A, third), 'removed');
    },
  ],
  [
    'the version that read returns works as well as the one that the write returned',
    async (subject) => {
      const { store } = subject;
      const created = versionOf(await store.create(A, subject.record({ name: 'first' })));
      const found = await subject.recordUnder(A);
      versionOf(await store.replace(A, found.version, subject.record({ name: 'second' })));
      const late = await store.replace(A, created, subject.record({ name: 'late' }));
      same(late, { conflict: await subject.recordUnder(A) });
    },
  ],
  [
    'the version of a removed record does not match the next record under its key',
    async (subject) => {
      const { version } = await subject.stored(A, { name: 'first' });
      await subject.store.remove(A);
      const next = await subject.stored(A, { name: 'next' });
      same(await subject.store.replace(A, version, subject.record({})), { conflict: next });
      same(await subject.store.remove(A, version), { conflict: next });
    },
  ],
  [
    'replace replaces the version that was read',
    async (subject) => {
      const { version } = await subject.stored(A, { name: 'first', old: true });
      versionOf(await subject.store.replace(A, version, subject.record({ name: 'second' })));
      same(await subject.saidUnder(A), { name: 'second' });
    },
  ],
  [
    'replace writes nothing on a conflict, and returns what is stored instead',
    async (subject) => {
      const { version } = await subject.stored(A, { name: 'first' });
      await subject.store.replace(A, version, subject.record({ name: 'second' }));
      const outcome = await subject.store.replace(A, version, subject.record({ name: 'third' }));
      const found = await subject.recordUnder(A);
      same(outcome, { conflict: found });
      same(subject.said(found), { name: 'second' });
    },
  ],
  [
    'replace returns on a conflict the version that the next call needs',
    async (subject) => {
      await subject.stored(A, { name: 'first' });
      const outcome = await subject.store.replace(A, 'stale', subject.record({ name: 'second' }));
      const { version } = conflictOf(outcome);
      versionOf(await subject.store.replace(A, version, subject.record({ name: 'third' })));
      same(await subject.saidUnder(A), { name: 'third' });
    },
  ],
  [
    "replace returns 'gone' and stores nothing if nothing is stored",
    async (subject) => {
      same(await subject.store.replace(A, 'anything', subject.record({})), 'gone');
      same(await subject.store.read(A), undefined);
    },
  ],
  [
    'replace never brings back what was removed',
    async (subject) => {
      const { version } = await subject.stored(A, { name: 'first' });
      await subject.store.remove(A);
      same(await subject.store.replace(A, version, subject.record({ name: 'second' })), 'gone');
      same(await subject.store.read(A), undefined);
    },
  ],
  [
    'replace succeeds for exactly one of many parallel calls with the same version',
    async (subject) => {
      const { version } = await subject.stored(A, { winner: 'nobody' });
      const outcomes = await subject.sideBySide(20, (index) =>
        subject.store.replace(A, version, subject.record({ winner: index })),
      );
      const winner = outcomes.findIndex(isWritten);
      const conflict = await subject.recordUnder(A);
      same(subject.said(conflict), { winner });
      same(
        outcomes.toSpliced(winner, 1),
        Array.from({ length: 19 }, () => ({ conflict })),
      );
    },
  ],
  [
    'replace loses no increment when parallel writers try again on a conflict',
    async (subject) => {
      const first = await subject.stored(A, { count: 0 });
      await subject.sideBySide(10, async () => {
        let found = first;
        for (;;) {
          const count = Number(subject.said(found)?.['count']) + 1;
          const outcome = await subject.store.replace(A, found.version, subject.record({ count }));
          if (isWritten(outcome)) return;
          found = conflictOf(outcome);
        }
      });
      same(await subject.saidUnder(A), { count: 10 });
    },
  ],
  ...renewing(),
];

/** What `renew` promises, or `replace` for a store that has no `renew`. */
function renewing(): readonly Promised[] {
  const B = keyFor('b');
  type Store = Parameters<Promised[1]>[0]['store'];
  const renew = (
    store: Store,
    ...asked: Parameters<Store['replace']>
  ): Promise<ReplaceOutcome | 'busy'> => (store.renew ?? store.replace).call(store, ...asked);
  return [
    [
      'renew replaces the version that was read, and returns the next one',
      async (subject) => {
        const { store } = subject;
        const { version } = await subject.stored(A, { name: 'first' });
        const next = versionOf(await renew(store, A, version, subject.record({ name: 'other' })));
        same(await subject.saidUnder(A), { name: 'other' });
        versionOf(await renew(store, A, next, subject.record({ name: 'last' })));
      },
    ],
    [
      'renew also takes a longer record',
      async (subject) => {
        const { version } = await subject.stored(A, { name: 'first' });
        const name = 'x'.repeat(1_000);
        versionOf(await renew(subject.store, A, version, subject.record({ name })));
        same(await subject.saidUnder(A), { name });
      },
    ],
    [
      'renew leaves a record of another version as it is, and brings none back',
      async (subject) => {
        const { store } = subject;
        const conflict = await subject.stored(A, { name: 'first' });
        const other = subject.record({ name: 'other' });
        same(await renew(store, A, 'stale', other), { conflict });
        same(await renew(store, B, conflict.version, other), 'gone');
        same(await store.read(A), conflict);
        same(await store.read(B), undefined);
      },
    ],
  ];
}
