import { same } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { HOUR, SHORT_LIFE } from '../store-subject.js';

const USER_IDS = ['a:b', '{curly}', 'emoji 🗝', ' ', '__proto__', 'constructor', 'x'.repeat(1_000)];

/** Databases may compare some of these as equal, depending on the collation of a column. */
const ALIKE = ['ada', 'Ada', 'ADA', 'ada ', 'adá'];

/** What `users.add` promises. */
export const adding: readonly Promised[] = [
  [
    'users.add keeps one user apart from another',
    async (subject) => {
      await subject.enter('ada', 'a1', 'a2');
      await subject.enter('grace', 'g1');
      same(await subject.users.list('ada'), ['a1', 'a2']);
      same(await subject.users.list('grace'), ['g1']);
      same(await subject.users.list('nobody'), []);
    },
  ],
  ...USER_IDS.map((userId): Promised => [
    `users.add takes the user id ${JSON.stringify(userId).slice(0, 20)} as it is`,
    async (subject) => {
      await subject.enter(userId, 'k');
      same(await subject.users.list(userId), ['k']);
      same(await subject.users.remove(userId, 'k'), true);
      same(await subject.users.list(userId), []);
    },
  ]),
  [
    'users.add keeps users apart whose ids differ only in case, an accent or a space',
    async (subject) => {
      for (const [place, userId] of ALIKE.entries()) await subject.enter(userId, `k${place}`);
      for (const [place, userId] of ALIKE.entries()) {
        same(await subject.users.list(userId), [`k${place}`]);
      }
    },
  ],
  [
    'users.add evicts the least recently used entries, as many as have to go, and no others',
    async (subject) => {
      const { users } = subject;
      await subject.enter('ada', 'a', 'b', 'c', 'd');
      await subject.enter('grace', 'g');
      const later = subject.now() + HOUR + 100;
      await users.update('ada', { key: 'a', expiresAt: later });
      const limit = { max: 3, onExceed: 'evict-oldest' } as const;
      const outcome = await users.add('ada', { key: 'e', expiresAt: later + 100 }, limit);
      same(outcome, { evicted: ['b', 'c'] });
      same(await users.list('ada'), ['d', 'a', 'e']);
      same(await users.list('grace'), ['g']);
    },
  ],
  [
    'users.add evicts other entries, even if the new one expires first',
    async (subject) => {
      await subject.enter('ada', 'a', 'b');
      const limit = { max: 2, onExceed: 'evict-oldest' } as const;
      const entry = { key: 'c', expiresAt: subject.now() + 60_000 };
      same(await subject.users.add('ada', entry, limit), { evicted: ['a'] });
      same(await subject.users.list('ada'), ['c', 'b']);
    },
  ],
  [
    'users.add refuses an entry beyond the limit, and changes nothing',
    async (subject) => {
      await subject.enter('ada', 'a', 'b');
      const limit = { max: 2, onExceed: 'reject' } as const;
      const entry = { key: 'c', expiresAt: subject.now() + HOUR + 9 };
      same(await subject.users.add('ada', entry, limit), 'full');
      same(await subject.users.list('ada'), ['a', 'b']);
      same(await subject.users.remove('ada', 'c'), false);
    },
  ],
  [
    'users.add does not count entries that have expired',
    async (subject) => {
      const expiresAt = subject.now() + SHORT_LIFE;
      await subject.users.add('ada', { key: 'brief', expiresAt });
      await subject.passBy(expiresAt);
      const limit = { max: 1, onExceed: 'reject' } as const;
      const entry = { key: 'a', expiresAt: subject.now() + HOUR };
      same(await subject.users.add('ada', entry, limit), { evicted: [] });
      same(await subject.users.list('ada'), ['a']);
    },
  ],
  ...(['evict-oldest', 'reject'] as const).map((onExceed): Promised => [
    `users.add has the same effect when a client sends it twice, with ${onExceed}`,
    async (subject) => {
      await subject.enter('ada', 'a');
      const limit = { max: 2, onExceed };
      const entry = { key: 'b', expiresAt: subject.now() + HOUR + 9 };
      same(await subject.users.add('ada', entry, limit), { evicted: [] });
      same(await subject.users.add('ada', entry, limit), { evicted: [] });
      same(await subject.users.list('ada'), ['a', 'b']);
    },
  ]),
  [
    'users.add refuses every entry under a rejecting limit of 0',
    async (subject) => {
      const limit = { max: 0, onExceed: 'reject' } as const;
      const entry = { key: 'a', expiresAt: subject.now() + HOUR };
      same(await subject.users.add('ada', entry, limit), 'full');
      same(await subject.users.list('ada'), []);
    },
  ],
  ...[1, 3].map((max): Promised => [
    `users.add never exceeds a limit of ${max} under parallel calls that evict`,
    async (subject) => {
      const limit = { max, onExceed: 'evict-oldest' } as const;
      const keys = Array.from({ length: 50 }, (_, place) => `k${place}`);
      const outcomes = await Promise.all(
        keys.map((key, place) =>
          subject.users.add('ada', { key, expiresAt: subject.now() + HOUR + place }, limit),
        ),
      );
      const left = await subject.users.list('ada');
      const evicted = outcomes.flatMap((outcome) => (outcome === 'full' ? [] : outcome.evicted));
      same(left.length, max);
      same([...left, ...evicted].toSorted(), keys.toSorted());
    },
  ]),
  [
    'users.add never exceeds a limit under parallel calls that are refused',
    async (subject) => {
      const limit = { max: 3, onExceed: 'reject' } as const;
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, place) => {
          const entry = { key: `k${place}`, expiresAt: subject.now() + HOUR + place };
          return subject.users.add('ada', entry, limit);
        }),
      );
      same(outcomes.filter((outcome) => outcome === 'full').length, 47);
      same((await subject.users.list('ada')).length, 3);
    },
  ],
];
