import { same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { keyFor, SHORT_LIFE } from '../store-subject.js';

const A = keyFor('a');

/** What `put` promises. */
export const putting: readonly Promised[] = [
  [
    'put stores a record where there is none',
    async (subject) => {
      await subject.indexed.put(A, subject.record({ mark: true }));
      same(await subject.saidUnder(A), { mark: true });
    },
  ],
  [
    'put replaces any other record, under a new version',
    async (subject) => {
      const { indexed: store } = subject;
      const stale = versionOf(await store.create(A, subject.record({ name: 'first' })));
      await store.put(A, subject.record({ mark: true }));
      const conflict = await subject.recordUnder(A);
      same(subject.said(conflict), { mark: true });
      same(await store.replace(A, stale, subject.record({ name: 'late' })), { conflict });
      same(await store.remove(A, stale), { conflict });
      same(await store.remove(A, conflict.version), 'removed');
    },
  ],
  [
    'put lets a record expire as asked',
    async (subject) => {
      const { indexed: store } = subject;
      await store.create(A, subject.record({ name: 'first' }));
      const brief = subject.record({ mark: true }, SHORT_LIFE);
      await store.put(A, brief);
      await subject.expire(brief.expiresAt, A);
      same(await store.read(A), undefined);
    },
  ],
];
