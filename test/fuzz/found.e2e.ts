import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers, startServer } from '../support/applications/http-server.js';

afterEach(closeServers);

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a run once found, reduced to the fewest steps. */
describe('a handler', () => {
  it('may change its session between write() and end(), while the first change is being stored', async () => {
    const { browser } = await startServer({}, ({ url, session }, response) => {
      if (url === '/label') return response.end(session.label);
      session.label = 'early';
      response.write('first ');
      session.label = 'late';
      return response.end('last');
    });
    const client = browser();
    expect((await client.get('/')).text).toBe('first last');
    expect((await client.get('/label')).text).toBe('late');
  });

  it('gets an error for a writeHead() that comes too late, and its client gets the response', async () => {
    const { browser } = await startServer({}, ({ session }, response) => {
      session.label = 'held';
      response.write('body');
      expect(() => response.writeHead(201)).toThrow(/after they are sent/);
      response.end();
    });
    const { status, text } = await browser().get('/');
    expect([status, text]).toEqual([200, 'body']);
  });

  it.each([Number.NaN, Infinity, 1e300])(
    'gets an error, and not the process, for a maxAge of %p on a session that is new to the client',
    async (maxAge) => {
      const { browser } = await startServer({}, async ({ session }, response) => {
        session.label = 'stored';
        await new Promise((resolve) => session.save(resolve));
        session.cookie.maxAge = maxAge;
        await later();
        response.end('fine');
      });
      const { status, text } = await browser().get('/');
      expect(status).toBe(500);
      expect(text).toContain('session.cookie.maxAge');
    },
  );
});
