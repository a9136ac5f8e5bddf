import { expect, it } from '@jest/globals';
import type { SqlPlace } from '../../support/sql-places.js';
import { until } from '../../support/until.js';

const TOUCHES = 2_000;
const SESSIONS = 50;

/** What a touch costs PostgreSQL. */
export function describeHeapOnly(place: () => SqlPlace): void {
  it('changes no index by a touch: all updates are heap-only', async () => {
    // Of their own, so that nothing else has changed them.
    await place().install({ prefix: 'touched_' });
    const store = place().store({ prefix: 'touched_' });
    // All within one hour, whatever time it is now.
    const hour = 3_600_000;
    const expiresAt = (Math.floor(Date.now() / hour) + 2) * hour;
    const keys = Array.from({ length: SESSIONS }, (_, at) => `key-${at}`);
    const payload = JSON.stringify({ cart: 'x'.repeat(500) });
    await Promise.all(
      keys.map(async (key) => {
        const created = await store.create(key, { payload, expiresAt });
        await store.users.add('ada', { key, expiresAt });
        let version = created === 'taken' ? 0 : created.version;
        for (let touch = 1; touch <= TOUCHES / SESSIONS; touch += 1) {
          const next = { payload, expiresAt: expiresAt + touch };
          const outcome = await store.replace(key, version, next);
          if (typeof outcome === 'string' || 'conflict' in outcome) throw new Error('not touched');
          ({ version } = outcome);
          await store.users.update('ada', { key, expiresAt: next.expiresAt });
        }
      }),
    );
    const updates = async (): Promise<string> => {
      const rows = await place().query(
        "SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname IN ('touched_sessions', 'touched_user_sessions') ORDER BY relname",
      );
      return JSON.stringify(rows);
    };
    const all = { updates: String(TOUCHES), hot: String(TOUCHES) };
    await place().endOthers(); // a connection tells of its updates at its end
    await until(async () => (await updates()) === JSON.stringify([all, all])).catch(async () => {
      expect(JSON.parse(await updates())).toEqual([all, all]);
    });
  });
}
