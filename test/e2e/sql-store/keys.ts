import { describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { recordLogs } from '../../support/recorded-logs.js';
import type { SqlPlace } from '../../support/servers/sql-places.js';

/** What one of the databases cannot hold, or takes for something else. */
const ODD = ['', '\0', 'a\0b', 'é', '🦊', '\ud800', 'held ', 'x'.repeat(256), 'x'.repeat(100_000)];

/** Ids as keys, with `hashIds: false`. */
export function describeKeys(place: () => SqlPlace): void {
  describe('with ids as keys', () => {
    it.each(ODD)('nobody has an id that cannot be one: %j', async (id) => {
      const store = place().store();
      const record = { payload: '{}', expiresAt: Date.now() + 60_000 };
      await store.create('held', record);
      expect(await store.read(id)).toBeUndefined();
      await expect(store.create(id, record)).rejects.toThrow(
        'SqlSessionStore: an id cannot be the key of a row. With hashIds: false, genid must return at most 255 characters of ASCII without spaces.',
      );
      const entry = { userId: 'ada', expiresAt: record.expiresAt };
      const move = { from: undefined, limit: undefined, mark: undefined, to: id, record, entry };
      await expect(store.move({ ...move, needsFormerEntry: false })).rejects.toThrow(
        'an id cannot',
      );
      expect(await store.users.list('ada')).toEqual([]);
    });

    it('the longest id is kept, and whoever asks for an odd one gets nothing', async () => {
      const longest = 'x'.repeat(255);
      const store = place().store();
      const server = await startServer(
        { store, hashIds: false, genid: () => longest },
        (request, response) => {
          if (request.url === '/new') request.session['label'] = 'x';
          const id = request.url === '/odd' ? 'a\0b' : longest;
          const store: unknown = Reflect.get(request, 'sessionStore');
          if (!(store instanceof session.Store)) throw new Error('no store');
          store.get(id, (error, found) => {
            response.end(JSON.stringify({ error: String(error), found: Boolean(found) }));
          });
        },
      );
      const browser = server.browser();
      await browser.get('/new');
      expect((await browser.get('/')).body).toEqual({ error: 'null', found: true });
      expect((await browser.get('/odd')).body).toEqual({ error: 'null', found: false });
      await closeServers();
    });

    it('the log says what an id must be', async () => {
      const store = place().store();
      const { logs, restore } = recordLogs();
      const server = await startServer(
        { store, hashIds: false, genid: () => 'a\0b' },
        (request, response) => {
          request.session['label'] = 'x';
          response.end();
        },
      );
      expect((await server.browser().get('/')).status).toBe(503);
      restore();
      expect(JSON.stringify(logs)).toContain('genid must return at most 255 characters');
      await closeServers();
    });
  });
}
