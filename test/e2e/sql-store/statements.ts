import { afterEach, describe, expect, it } from '@jest/globals';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import { closeServers, startServer } from '../../support/http-server.js';
import type { SqlPlace } from '../../support/sql-places.js';

/** How many statements a request costs, seen by a function that can run single ones, and nothing else. */
export function describeStatements(place: () => SqlPlace): void {
  describe('the statements of a request', () => {
    afterEach(closeServers);

    /** A store, and the first word of each statement since the last look. */
    const watched = (): { store: SqlSessionStore; statements(): string[] } => {
      const pool = place().pool();
      const words: string[] = [];
      const client = (text: string, values: unknown[]): Promise<object> => {
        words.push(text.split(' ')[0] ?? '');
        return pool.query(text, values);
      };
      const store = new SqlSessionStore({ client, dialect: 'postgres', cleanUp: false });
      return { store, statements: () => words.splice(0) };
    };

    it('are one to read, two to read and write, and one for a first visit', async () => {
      const { store, statements } = watched();
      const server = await startServer({ store }, ({ url, session }, response) => {
        if (url === '/write') session['count'] = (Number(session['count']) || 0) + 1;
        response.end(String(session['count']));
      });
      const browser = server.browser();
      expect(statements()).toEqual(['SELECT']); // at boot
      await browser.get('/write');
      expect(statements()).toEqual(['INSERT']);
      await browser.get('/read');
      expect(statements()).toEqual(['SELECT']);
      await browser.get('/write');
      expect(statements()).toEqual(['SELECT', 'UPDATE']);
      expect((await browser.get('/read')).text).toBe('2');
    });

    it('is one for a whole rotation, with its mark, its entry and its cap', async () => {
      const { store, statements } = watched();
      const expiresAt = Date.now() + 60_000;
      const created = await store.create('former', { payload: '{}', expiresAt });
      if (created === 'taken') throw new Error('the key is taken');
      const outcome = await store.move({
        from: { key: 'former', version: created.version, userId: undefined },
        mark: { payload: '{"mark":1}', expiresAt },
        to: 'next',
        record: { payload: '{}', expiresAt },
        entry: { userId: 'ada', expiresAt },
        limit: { max: 2, onExceed: 'reject' },
        needsFormerEntry: false,
      });
      expect(statements()).toEqual(['INSERT', 'SELECT']);
      expect(outcome).toMatchObject({ evicted: [] });
      expect((await store.read('former'))?.payload).toBe('{"mark":1}');
    });
  });
}
