import { afterEach, describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import type { Answer } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeServers);

const signed = (id: string, secret = SECRET): string => encodeURIComponent(`s:${sign(id, secret)}`);

async function bench(options = {}) {
  const store = new ScriptedStore();
  const server = await startServer({ store, ...options }, (request, response) => {
    if (request.url === '/begin') request.session['known'] = true;
    response.end(
      JSON.stringify({ id: request.sessionID, known: request.session['known'] ?? false }),
    );
  });
  const browser = server.browser();
  await browser.get('/begin');
  const ask = async (cookie: string): Promise<unknown> => {
    const { body } = await server.browser().get('/', { headers: { cookie } });
    return body;
  };
  return { store, server, browser, ask };
}

describe('a cookie that is no session cookie of ours', () => {
  it.each([
    ['empty', ''],
    ['not signed', 'some-id'],
    ['signed with nothing', encodeURIComponent('s:some-id.')],
    ['signed with another secret', signed('some-id', 'another secret')],
    ['of an empty id', signed('')],
    ['longer than 4 KiB', signed('a'.repeat(5_000))],
    ['not decodable', 's%3A%E0%A4%A'],
    ['of odd bytes', 's:\u00ff\u00fe.\u0001'.replace('\u0001', '!')],
    ['a prototype name', '__proto__'],
  ])('opens an anonymous session with a fresh id, and asks no store: %s', async (_name, value) => {
    const { store, ask } = await bench();
    const body = await ask(`connect.sid=${value}`);
    expect(body).toMatchObject({ known: false, id: expect.stringMatching(/^[\w-]{32}$/) });
    expect(store.countOf('read')).toBe(0);
  });

  it('never adopts an id of the client, though it is signed', async () => {
    const { ask } = await bench();
    const body = await ask(`connect.sid=${signed('chosen-by-the-client')}`);
    expect(body).toMatchObject({ known: false });
    expect(body).not.toMatchObject({ id: 'chosen-by-the-client' });
  });

  it.each([0, 10, 20, 40, 60])('is not accepted with one character changed (%d)', async (at) => {
    const { browser, ask } = await bench();
    const value = browser.cookie() ?? '';
    const position = 4 + at; // behind "s%3A"
    const other = value[position] === 'A' ? 'B' : 'A';
    const forged = value.slice(0, position) + other + value.slice(position + 1);
    expect(await ask(`connect.sid=${forged}`)).toMatchObject({ known: false });
  });
});

describe('several cookies of the same name', () => {
  it('uses the first one that verifies', async () => {
    const { browser, ask } = await bench();
    const good = browser.cookie() ?? '';
    const tossed = `connect.sid=tossed; other=1; connect.sid=${good}; connect.sid=${signed('x')}`;
    expect(await ask(tossed)).toMatchObject({ known: true });
  });
});

describe('the secrets', () => {
  const HOUR = 3_600_000;

  /** A browser whose cookie the old secret signed, at a server that has both. */
  async function atBoth(options: Partial<SessionOptions> = {}) {
    const store = new ScriptedStore();
    const old = await bench({ store, secret: 'the old secret' });
    let now = Date.now();
    const server = await startServer(
      {
        store,
        secret: [SECRET, 'the old secret'],
        clock: () => now,
        idleTimeout: '3h',
        ...options,
      },
      (request, response) => {
        if (request.url === '/write') request.session['count'] = now;
        response.end(JSON.stringify({ known: request.session['known'] ?? false }));
      },
    );
    const cookie = `connect.sid=${old.browser.cookie() ?? ''}`;
    const ask = (path: string, by = cookie): Promise<Answer> =>
      server.browser().get(path, { headers: { cookie: by } });
    const pass = (milliseconds: number): void => {
      now += milliseconds;
    };
    return { cookie, ask, pass };
  }

  it('all verify, and a cookie signed with an older one is signed again with the first, once the process has run for an hour', async () => {
    const { ask, pass } = await atBoth();
    pass(HOUR);
    const answer = await ask('/');
    expect(answer.body).toMatchObject({ known: true });
    expect(answer.setCookies).toHaveLength(1);
    const [renewed = ''] = (answer.setCookies[0] ?? '').split(';');
    const again = await ask('/', renewed);
    expect(again.body).toMatchObject({ known: true });
    expect(again.setCookies).toEqual([]);
  });

  it('leave a cookie signed with an older one as it is until then, even when it is sent again', async () => {
    const { cookie, ask, pass } = await atBoth({ cookie: { maxAge: '3h' } });
    pass(HOUR - 1);
    for (const path of ['/', '/write']) {
      const { body, setCookies } = await ask(path);
      expect(body).toEqual({ known: true });
      expect(setCookies).toEqual([expect.stringContaining(`${cookie};`)]);
    }
  });
});
