import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { closeServers, startServer } from '../../support/http-server.js';
import type { SqlPlace } from '../../support/sql-places.js';

/** How many statements a request costs. */
export function describeStatements(place: () => SqlPlace): void {
  describe('the statements of a request', () => {
    const pools: Pool[] = [];

    afterEach(async () => {
      await closeServers();
      await Promise.all(pools.splice(0).map((pool) => pool.end()));
    });

    it('are one to read, two to read and write, and one for a first visit', async () => {
      const pool = new Pool({ connectionString: place().url });
      pools.push(pool);
      const queries = jest.spyOn(pool, 'query');
      const connections = jest.spyOn(pool, 'connect');
      const store = new SqlSessionStore({ client: pool, cleanUp: false });
      const server = await startServer({ store }, ({ url, session }, response) => {
        if (url === '/write') session['count'] = (Number(session['count']) || 0) + 1;
        response.end(String(session['count']));
      });
      const browser = server.browser();
      const statementsOf = async (path: string): Promise<string[]> => {
        queries.mockClear();
        await browser.get(path);
        return queries.mock.calls.map(([text]) => String(text).split(' ')[0] ?? '');
      };
      await browser.get('/write');
      expect(await statementsOf('/read')).toEqual(['SELECT']);
      expect(await statementsOf('/write')).toEqual(['SELECT', 'UPDATE']);
      expect((await browser.get('/read')).text).toBe('2');
      queries.mockClear();
      await server.browser().get('/write');
      expect(queries.mock.calls.map(([text]) => String(text).split(' ')[0])).toEqual(['INSERT']);
      // query() of a pool connects by itself; nothing else asked for a connection, as a transaction does.
      expect(connections.mock.calls.filter(([callback]) => callback === undefined)).toEqual([]);
    });

    it('is one for a whole rotation, with its mark, its entry and its cap', async () => {
      const pool = new Pool({ connectionString: place().url });
      pools.push(pool);
      const store = new SqlSessionStore({ client: pool, cleanUp: false });
      const expiresAt = Date.now() + 60_000;
      const created = await store.create('former', { payload: '{}', expiresAt });
      if (created === 'taken') throw new Error('the key is taken');
      const queries = jest.spyOn(pool, 'query');
      await store.move({
        from: { key: 'former', version: created.version, userId: undefined },
        mark: { payload: '{"mark":1}', expiresAt },
        to: 'next',
        record: { payload: '{}', expiresAt },
        entry: { userId: 'ada', expiresAt },
        limit: { max: 2, onExceed: 'reject' },
        needsFormerEntry: false,
      });
      expect(queries).toHaveBeenCalledTimes(1);
    });
  });
}
