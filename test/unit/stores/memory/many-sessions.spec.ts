import { expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';

const SESSIONS = 20_000;
const LIMIT = { max: 10_000, onExceed: 'evict-oldest' } as const;

/** Sorting all of them at each sign-in would take minutes; this takes a tenth of a second. */
const PATIENCE = 10_000;

it('signs in a user with very many sessions as fast as anyone else', async () => {
  const { users } = new MemorySessionStore({ clock: () => 0 });
  const evicted: string[] = [];
  const started = Date.now();
  for (let n = 1; n <= SESSIONS; n += 1) {
    const outcome = await users.add('ada', { key: `key-${n}`, expiresAt: n }, LIMIT);
    if (outcome !== 'full') evicted.push(...outcome.evicted);
    await users.update('ada', { key: `key-${n}`, expiresAt: n });
  }
  expect(Date.now() - started).toBeLessThan(PATIENCE);
  expect(evicted).toEqual(Array.from({ length: 10_000 }, (_, n) => `key-${n + 1}`));
  expect(await users.list('ada')).toHaveLength(10_000);
});
