import type {
  Renewal,
  ReplaceOutcome,
  SessionStore,
  Version,
} from '../../../stores/session-store.js';
import { same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { HOUR, keyFor, SHORT_LIFE } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';

const [A, B] = [keyFor('a'), keyFor('b')];
const SENTINEL = keyFor('sentinel');

type Write = (store: SessionStore, one: Renewal) => Promise<ReplaceOutcome | 'busy'>;

const replace: Write = (store, { key, version, record }) => store.replace(key, version, record);

const renew: Write = (store, { key, version, record }) =>
  (store.renew ?? store.replace).call(store, key, version, record);

const renewMany: Write = async (store, one) =>
  store.renewMany === undefined ? renew(store, one) : ((await store.renewMany([one]))[0] ?? 'gone');

const WAYS: readonly (readonly [string, Write])[] = [
  ['replaced', replace],
  ['renewed', renew],
  ['renewed among many', renewMany],
];

/** What is promised of records that have expired, and of those that have not. */
export const expiring: readonly Promised[] = [
  [
    'a record that has expired is not read',
    async (subject) => {
      await expired(subject);
      same(await subject.store.read(A), undefined);
    },
  ],
  [
    'a record that has expired is gone for replace, and stays gone',
    async (subject) => {
      const version = await expired(subject);
      same(await subject.store.replace(A, version, subject.record({})), 'gone');
      same(await subject.store.read(A), undefined);
    },
  ],
  [
    'a record that has expired is gone for remove, with or without its version',
    async (subject) => {
      const version = await expired(subject);
      same(await subject.store.remove(A, version), 'gone');
      same(await subject.store.remove(B), 'gone');
    },
  ],
  [
    'a record that has expired leaves its key free for create',
    async (subject) => {
      await expired(subject);
      versionOf(await subject.store.create(A, subject.record({ name: 'next' })));
      same(await subject.saidUnder(A), { name: 'next' });
    },
  ],
  [
    'a record is kept until it expires',
    async (subject) => {
      await subject.stored(A, { name: 'a' });
      subject.given.clock?.advance(HOUR - 1);
      same(await subject.saidUnder(A), { name: 'a' });
    },
  ],
  ...WAYS.flatMap(([way, write]): Promised[] => [
    [
      `a record is kept longer when it is ${way} by one that lives longer`,
      async (subject) => {
        const { store, shortLife } = subject;
        const version = versionOf(await store.create(A, subject.record({}, shortLife)));
        const sentinel = subject.record({}, shortLife);
        await store.create(SENTINEL, sentinel);
        const longer = subject.record({ name: 'a' }, 2 * HOUR);
        versionOf(await write(store, { key: A, version, record: longer }));
        await subject.expire(sentinel.expiresAt, SENTINEL);
        same(await subject.saidUnder(A), { name: 'a' });
      },
    ],
    [
      `a record is dropped sooner when it is ${way} by one that lives shorter`,
      async (subject) => {
        const { version } = await subject.stored(A, { name: 'first' });
        const shorter = subject.record({}, SHORT_LIFE);
        versionOf(await write(subject.store, { key: A, version, record: shorter }));
        await subject.expire(shorter.expiresAt, A);
        same(await subject.store.read(A), undefined);
      },
    ],
  ]),
];

/** Stores two records, and returns the version of one when they have expired, before anyone looks at them. */
async function expired(subject: StoreSubject): Promise<Version> {
  const { store, shortLife } = subject;
  const version = versionOf(await store.create(A, subject.record({ name: 'a' }, shortLife)));
  await store.create(B, subject.record({ name: 'b' }, shortLife));
  // Records stored one after the other may be dropped in reverse order.
  const sentinel = subject.record({}, 2 * shortLife);
  await store.create(SENTINEL, sentinel);
  await subject.expire(sentinel.expiresAt, SENTINEL);
  return version;
}
