import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { startServer, closeServers } from '../../support/applications/http-server.js';
import { startApp } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';

/** What an application is told at boot about tables that are not as they should be. */
export function describeBoot(dialect: SqlDialect, place: () => SqlPlace): void {
  describe('at boot', () => {
    let recorded: ReturnType<typeof recordLogs>;

    beforeEach(() => {
      recorded = recordLogs();
    });
    afterEach(async () => {
      recorded.restore();
      await closeServers();
    });

    const remedy = `npx nestjs-sesame sql ${dialect}.`;
    const missing = new RegExp(`not there, or under another prefix.*${remedy}`);

    it('starts with its tables, and logs nothing', async () => {
      await startApp({ store: place().store() });
      expect(recorded.logs).toEqual([]);
    });

    it('does not start without its tables, and says how to create them', async () => {
      const store = place().store({ prefix: 'other_' });
      await expect(startApp({ store })).rejects.toThrow(missing);
      const elsewhere = place().store({ schema: 'elsewhere' });
      if (dialect !== 'sqlite')
        await expect(startApp({ store: elsewhere })).rejects.toThrow(missing);
    });

    it('does not start with tables of another version', async () => {
      await place().query('UPDATE sesame_schema_version SET version = 7');
      try {
        await expect(startApp({ store: place().store() })).rejects.toThrow(
          new RegExp(`are of version 7, and this version of Sesame needs 1. .*${remedy}`),
        );
      } finally {
        await place().query('UPDATE sesame_schema_version SET version = 1');
      }
    });

    it('reports it in the log when nothing waits for it, and in the 503 of each request', async () => {
      const server = await startServer(
        { store: place().store({ prefix: 'other_' }) },
        ({ session }, response) => {
          session['cart'] = ['tea'];
          response.end();
        },
      );
      await until(() => recorded.logs.length > 0);
      expect(recorded.logs).toEqual([{ level: 'error', message: expect.stringMatching(missing) }]);
      expect((await server.browser().get('/')).status).toBe(503);
      expect(recorded.logs.at(-1)?.message).toMatch(missing);
    });

    it('starts with the tables of another prefix next to the first', async () => {
      await place().install({ prefix: 'shop_' });
      const store = place().store({ prefix: 'shop_' });
      await startApp({ store });
      await store.create('key', { payload: '{"of":"shop"}', expiresAt: Date.now() + 60_000 });
      await store.users.add('ada', { key: 'key', expiresAt: Date.now() + 60_000 });
      expect(await place().store().read('key')).toBeUndefined();
      expect(await place().store().users.list('ada')).toEqual([]);
      expect(await store.users.list('ada')).toEqual(['key']);
    });

    it.each([
      [{ prefix: 'a-b' }, "prefix is 'a-b'"],
      [{ prefix: '' }, 'prefix is an empty string.'],
      [{ schema: 'a"b' }, `schema is 'a"b'`],
    ])('refuses the name in %j', (names, said) => {
      expect(() => place().store(names)).toThrow(said);
    });
  });
}
