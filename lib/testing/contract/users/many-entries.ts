import { same } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { SHORT_LIFE } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';

/** What `users.removeMany` and `users.list` with a number promise. */
export const manyEntries: readonly Promised[] = [
  [
    'users.removeMany returns an answer for each key, in order, and leaves other entries alone',
    async (subject) => {
      await subject.enter('ada', 'a', 'b', 'c');
      await subject.enter('grace', 'g');
      const answers = await removeMany(subject, ['c', 'absent', 'a', 'g']);
      same(answers, [true, false, true, false]);
      same(await subject.users.list('ada'), ['b']);
      same(await subject.users.list('grace'), ['g']);
    },
  ],
  [
    'users.removeMany returns true for each key to exactly one of many parallel calls',
    async (subject) => {
      await subject.enter('ada', 'a', 'b');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, turn) =>
          removeMany(subject, turn % 2 === 0 ? ['a', 'b'] : ['b', 'a']),
        ),
      );
      same(answers.flat().filter(Boolean).length, 2);
      same(await subject.users.list('ada'), []);
    },
  ],
  [
    'users.removeMany returns false for an entry that has expired',
    async (subject) => {
      const expiresAt = subject.now() + SHORT_LIFE;
      await subject.users.add('ada', { key: 'a', expiresAt });
      await subject.enter('ada', 'b');
      await subject.passBy(expiresAt);
      same(await removeMany(subject, ['a', 'b']), [false, true]);
    },
  ],
  [
    'users.list begins with the entries that expire first, if only some are asked for',
    async (subject) => {
      await subject.enter('ada', 'a', 'b', 'c');
      same((await subject.users.list('ada', 2)).slice(0, 2), ['a', 'b']);
      same(await subject.users.list('ada', 3), ['a', 'b', 'c']);
      same(await subject.users.list('ada', 9), ['a', 'b', 'c']);
    },
  ],
];

async function removeMany(
  { users }: StoreSubject,
  keys: readonly string[],
): Promise<readonly boolean[]> {
  if (users.removeMany !== undefined) return users.removeMany('ada', keys);
  return Promise.all(keys.map((key) => users.remove('ada', key)));
}
