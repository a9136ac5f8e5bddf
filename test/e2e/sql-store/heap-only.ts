import { expect, it } from '@jest/globals';
import type { Version } from 'nestjs-sesame';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';

const TOUCHES = 1_500;
const SESSIONS = 50;

/** What a touch costs PostgreSQL. */
export function describeHeapOnly(place: () => SqlPlace): void {
  it('a touch changes no index: all its updates are heap-only', async () => {
    // Tables of its own, so that nothing else has changed them.
    await place().install({ prefix: 'touched_' });
    const store = place().store({ prefix: 'touched_' });
    // All within one hour, whatever time it is now.
    const hour = 3_600_000;
    const expiresAt = (Math.floor(Date.now() / hour) + 2) * hour;
    const payload = JSON.stringify({ cart: 'x'.repeat(500) });
    const versions = new Map<string, Version>();
    for (let session = 0; session < SESSIONS; session += 1) {
      const key = `key-${session}`;
      const created = await store.create(key, { payload, expiresAt });
      versions.set(key, created === 'taken' ? 0 : created.version);
      await store.users.add('ada', { key, expiresAt });
    }
    for (let touch = 1; touch <= TOUCHES / SESSIONS; touch += 1) {
      for (const [key, version] of versions) {
        const next = { payload, expiresAt: expiresAt + touch };
        const outcome = await store.replace(key, version, next);
        if (typeof outcome === 'string' || 'conflict' in outcome) throw new Error('not touched');
        versions.set(key, outcome.version);
        await store.users.update('ada', { key, expiresAt: next.expiresAt });
      }
    }
    const updates = async (): Promise<string> => {
      const rows = await place().query(
        "SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname IN ('touched_sessions', 'touched_user_sessions') ORDER BY relname",
      );
      return JSON.stringify(rows);
    };
    const all = { updates: String(TOUCHES), hot: String(TOUCHES) };
    await place().endOthers(); // a connection reports its updates when it ends
    await until(async () => (await updates()) === JSON.stringify([all, all])).catch(async () => {
      expect(JSON.parse(await updates())).toEqual([all, all]);
    });
  });
}
