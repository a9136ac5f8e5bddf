import { describe, expect, it } from '@jest/globals';
import type { StoredRecord } from 'nestjs-sesame';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';

const record = (payload: string): StoredRecord => ({ payload, expiresAt: Date.now() + 60_000 });

/** How a writer that has met conflicts gets a turn. */
export function describeTurns(place: () => SqlPlace): void {
  describe('a turn', () => {
    it("keeps others off from its holder's first conflict until the holder has written", async () => {
      const store = place().store();
      const created = await store.create('key', record('{"of":"the first"}'));
      if (created === 'taken') throw new Error('the key is taken');
      const { version } = created;
      const conflict = { payload: '{"of":"the first"}', version };
      expect(await store.replace('key', 0, record('{}'), 'mine')).toEqual({ conflict });
      // A turn lasts for a moment; here it lasts until the last of them has asked.
      await place().query('UPDATE sesame_sessions SET turn_until = turn_until + 60000');
      expect(await store.replace('key', version, record('{}'))).toBe('busy');
      expect(await store.replace('key', version, record('{}'), 'theirs')).toBe('busy');
      expect(await store.replace('key', 0, record('{}'))).toBe('busy');
      const written = await store.replace('key', version, record('{"of":"mine"}'), 'mine');
      expect(written).toEqual({ version: Number(version) + 1 });
      expect(await store.replace('key', version, record('{}'))).toEqual({
        conflict: { payload: '{"of":"mine"}', version: Number(version) + 1 },
      });
    });

    it('expires by itself when its holder is gone', async () => {
      const store = place().store();
      const created = await store.create('key', record('{}'));
      if (created === 'taken') throw new Error('the key is taken');
      await store.replace('key', 0, record('{}'), 'mine');
      const isWritten = async (): Promise<boolean> => {
        const outcome = await store.replace('key', created.version, record('{}'));
        return typeof outcome === 'object' && 'version' in outcome;
      };
      await until(isWritten, 5_000);
      expect((await store.read('key'))?.version).toBe(Number(created.version) + 1);
    });
  });
}
