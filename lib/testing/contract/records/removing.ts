import { isWritten, same } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { keyFor } from '../store-subject.js';

const [A, B] = [keyFor('a'), keyFor('b')];

/** What `remove` promises. */
export const removing: readonly Promised[] = [
  [
    'remove without a version removes whatever record is stored',
    async (subject) => {
      await subject.stored(A, { name: 'a' });
      await subject.stored(B, { name: 'b' });
      same(await subject.store.remove(A), 'removed');
      same(await subject.store.read(A), undefined);
      same(await subject.saidUnder(B), { name: 'b' });
    },
  ],
  [
    'remove leaves the key free',
    async (subject) => {
      await subject.stored(A, { name: 'first' });
      await subject.store.remove(A);
      await subject.stored(A, { name: 'second' });
      same(await subject.saidUnder(A), { name: 'second' });
    },
  ],
  [
    'remove with the version that was read removes the record',
    async (subject) => {
      const { version } = await subject.stored(A, { name: 'a' });
      same(await subject.store.remove(A, version), 'removed');
      same(await subject.store.read(A), undefined);
    },
  ],
  [
    'remove leaves any other version as it is, and returns what is stored',
    async (subject) => {
      const { store } = subject;
      const stale = await subject.stored(A, { name: 'first' });
      await store.replace(A, stale.version, subject.record({ name: 'second' }));
      const found = await subject.recordUnder(A);
      same(await store.remove(A, stale.version), { conflict: found });
      same(await store.remove(A, 'never stored'), { conflict: found });
      same(await store.read(A), found);
      same(await store.remove(A, found.version), 'removed');
    },
  ],
  [
    "remove returns 'gone' if nothing is stored",
    async ({ store }) => {
      same(await store.remove(A), 'gone');
      same(await store.remove(A, 'anything'), 'gone');
    },
  ],
  [
    'remove and replace in parallel end in either a removal or a conflict',
    async (subject) => {
      const { store } = subject;
      const { version } = await subject.stored(A, { name: 'first' });
      const [removal, replacement] = await subject.sideBySide(2, async (index) =>
        index === 0
          ? store.remove(A, version)
          : store.replace(A, version, subject.record({ name: 'second' })),
      );
      const found = await store.read(A);
      const isRemoved = removal === 'removed';
      same(subject.said(found), isRemoved ? undefined : { name: 'second' });
      same(removal, isRemoved ? 'removed' : { conflict: found });
      const isReplaced = typeof replacement === 'object' && isWritten(replacement);
      same(isReplaced ? 'written' : replacement, isRemoved ? 'gone' : 'written');
    },
  ],
];
