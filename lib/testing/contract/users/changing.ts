import { same } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { HOUR, SHORT_LIFE } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';

/** What `users.update` and `users.remove` promise. */
export const changing: readonly Promised[] = [
  [
    'users.update moves an entry behind those that were used before it',
    async (subject) => {
      await subject.enter('ada', 'a', 'b', 'c');
      same(await update(subject, 'a'), true);
      same(await subject.users.list('ada'), ['b', 'c', 'a']);
    },
  ],
  [
    'users.update keeps an entry beyond its first expiry',
    async (subject) => {
      const expiresAt = await addBriefly(subject);
      same(await update(subject, 'a'), true);
      await subject.passBy(expiresAt);
      same(await subject.users.list('ada'), ['a']);
    },
  ],
  [
    'users.update returns false for an entry that is gone, and it stays gone',
    async (subject) => {
      await subject.enter('ada', 'a');
      await subject.users.remove('ada', 'a');
      same(await update(subject, 'a'), false);
      same(await update(subject, 'never'), false);
      same(await subject.users.list('ada'), []);
    },
  ],
  [
    'users.update returns false for an entry that has expired, and it stays gone',
    async (subject) => {
      await subject.passBy(await addBriefly(subject));
      same(await update(subject, 'a'), false);
      same(await subject.users.list('ada'), []);
    },
  ],
  [
    "users.update returns false for another user's entry, and leaves it alone",
    async (subject) => {
      await subject.enter('ada', 'a', 'b');
      const entry = { key: 'a', expiresAt: subject.now() + HOUR + 50 };
      same(await subject.users.update('grace', entry), false);
      same(await subject.users.list('ada'), ['a', 'b']);
      same(await subject.users.list('grace'), []);
    },
  ],
  [
    'users.update with a former key replaces its entry with one of the new key',
    async (subject) => {
      await subject.enter('ada', 'old', 'other');
      same(await update(subject, 'new', 'old'), true);
      same(await subject.users.list('ada'), ['other', 'new']);
    },
  ],
  [
    'users.update with a former key has the same effect when it is called twice',
    async (subject) => {
      await subject.enter('ada', 'old');
      same(await update(subject, 'new', 'old'), true);
      same(await update(subject, 'new', 'old'), true);
      same(await subject.users.list('ada'), ['new']);
    },
  ],
  [
    'users.update adds nothing if neither the key nor the former key has an entry',
    async (subject) => {
      await subject.enter('ada', 'other');
      same(await update(subject, 'new', 'old'), false);
      same(await subject.users.list('ada'), ['other']);
    },
  ],
  [
    'users.remove returns true to exactly one of many parallel calls',
    async (subject) => {
      await subject.enter('ada', 'a', 'b');
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => subject.users.remove('ada', 'a')),
      );
      same(answers.filter(Boolean).length, 1);
      same(await subject.users.list('ada'), ['b']);
    },
  ],
  [
    "users.remove returns false for another user's entry, and leaves it alone",
    async (subject) => {
      await subject.enter('ada', 'a');
      same(await subject.users.remove('grace', 'a'), false);
      same(await subject.users.list('ada'), ['a']);
      same(await subject.users.remove('ada', 'a'), true);
    },
  ],
  [
    'users.remove returns false for an entry that has expired',
    async (subject) => {
      await subject.passBy(await addBriefly(subject));
      same(await subject.users.remove('ada', 'a'), false);
    },
  ],
];

/** Makes an entry of ada's expire after all others. */
function update(subject: StoreSubject, key: string, former?: string): Promise<boolean> {
  const entry = { key, expiresAt: subject.now() + HOUR + 50 };
  return subject.users.update('ada', entry, former);
}

/** Adds an entry that is about to expire, and returns when. */
async function addBriefly(subject: StoreSubject): Promise<number> {
  const expiresAt = subject.now() + SHORT_LIFE;
  await subject.users.add('ada', { key: 'a', expiresAt });
  return expiresAt;
}
