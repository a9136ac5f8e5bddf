import { describe, expect, it } from '@jest/globals';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlPlace } from '../../support/servers/sql-places.js';

/** What a cap is worth where an application has set another isolation level. */
export function describeIsolation(place: () => SqlPlace): void {
  describe('an isolation level', () => {
    const addMany = async (level: string): Promise<PromiseSettledResult<unknown>[]> => {
      const pool = place().pool({ options: `-c default_transaction_isolation=${level}` });
      const store = new SqlSessionStore({ client: pool, cleanUp: false });
      const limit = { max: 2, onExceed: 'evict-oldest' } as const;
      const entries = Array.from({ length: 6 }, (_, at) => ({
        key: `key-${at}`,
        expiresAt: Date.now() + 60_000 + at,
      }));
      const added = entries.map((entry) => store.users.add('ada', entry, limit));
      return Promise.allSettled(added);
    };

    it('of serializable makes the store retry what failed because of it', async () => {
      const outcomes = await addMany('serializable');
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'fulfilled'));
      expect(await place().store().users.list('ada')).toHaveLength(2);
    });

    it('of repeatable read is refused, since a cap would not hold', async () => {
      const outcomes = await addMany('repeatable\\ read');
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
      expect(outcomes[0]).toMatchObject({
        reason: { message: expect.stringContaining('read committed or serializable') },
      });
    });
  });
}
