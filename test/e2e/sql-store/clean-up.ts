import { describe, expect, it } from '@jest/globals';
import type { SqlPlace } from '../../support/servers/sql-places.js';

const HOUR = 3_600_000;

/** What becomes of what has expired. */
export function describeCleanUp(place: () => SqlPlace): void {
  describe('what has expired', () => {
    const count = async (table: string): Promise<number> =>
      Number(Object.values((await place().query(`SELECT count(*) FROM ${table}`))[0] ?? {})[0]);

    it('is removed in batches, by several instances at once, and nothing else is', async () => {
      const gone = Array.from({ length: 600 }, (_, at) => `gone-${at}`);
      const expiresAt = Date.now() - 2 * HOUR;
      const sessions = gone.map((key) => `('${key}', 1, ${expiresAt}, '{}')`);
      const entries = gone.map((key) => `('${key}', 'ada', ${expiresAt})`);
      await place().query(
        `INSERT INTO sesame_sessions (session_key, version, expires_at, payload) VALUES ${sessions.join()}`,
      );
      await place().query(
        `INSERT INTO sesame_user_sessions (session_key, user_hash, expires_at) VALUES ${entries.join()}`,
      );
      const store = place().store();
      const alive = { payload: '{}', expiresAt: Date.now() + HOUR };
      await store.create('alive', alive);
      await store.users.add('ada', { key: 'alive', expiresAt: alive.expiresAt });
      await store.close(); // which only ends its timer: its client is the application's
      const removed = await Promise.all([store.removeExpired(), place().store().removeExpired()]);
      expect(removed[0] + removed[1]).toBe(2 * gone.length);
      expect([await count('sesame_sessions'), await count('sesame_user_sessions')]).toEqual([1, 1]);
      expect((await store.read('alive'))?.payload).toBe('{}');
      expect(await store.users.list('ada')).toEqual(['alive']);
    });

    it('is left to the others by an instance whose clock is ahead', async () => {
      const store = place().store();
      await store.create('alive', { payload: '{}', expiresAt: Date.now() + HOUR });
      const ahead = place().store({ clock: () => Date.now() + 24 * HOUR });
      expect(await ahead.read('alive')).toBeUndefined();
      expect(await ahead.removeExpired()).toBe(0);
      expect((await store.read('alive'))?.payload).toBe('{}');
    });
  });
}
