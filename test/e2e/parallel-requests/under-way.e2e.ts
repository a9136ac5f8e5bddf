import '../../support/session-data.js';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore, Session, SessionService } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a handler does to its session while one of its operations is still running. */
@Controller()
class UnderWayController {
  constructor(private readonly sessions: SessionService) {}

  @Get('login')
  async login(@Session() session: Session): Promise<void> {
    await this.sessions.login('ada');
    session.count = 0;
    session.label = 'old';
  }

  @Get('see')
  see(@Session() { count, label, cookie, ...others }: Session): object {
    const { other } = { other: undefined, ...others };
    return { count, label, other, maxAge: cookie.originalMaxAge };
  }

  @Get('count')
  count(@Session() session: Session): void {
    session.count = (session.count ?? 0) + 1;
  }

  @Get('other')
  other(@Session() session: Session): void {
    Reflect.set(session, 'other', 'theirs');
  }

  @Get('update')
  async update(@Session() session: Session): Promise<object> {
    const updated = this.sessions.update((current) => {
      current.count = (current.count ?? 0) + 1;
    });
    session.label = 'new';
    await updated;
    return this.see(session);
  }

  @Get('save')
  async save(@Session() session: Session): Promise<object> {
    session.label = 'new';
    const saved = this.sessions.save();
    session.cookie.maxAge = HOUR;
    await saved;
    return this.see(session);
  }

  @Get('login-and-remember')
  async loginAndRemember(@Session() session: Session): Promise<object> {
    const signedIn = this.sessions.login('ada');
    session.cookie.maxAge = HOUR;
    await signedIn;
    return this.see(session);
  }

  @Get('reload-and-save')
  async reloadAndSave(@Session() session: Session): Promise<object> {
    const seen = session.count;
    await Promise.all([this.sessions.reload(), this.sessions.save()]);
    return { seen };
  }

  @Get('reload-and-end')
  reloadAndEnd(@Session() session: Session): object {
    void this.sessions.reload();
    return { seen: session.count };
  }

  @Get('reload-by-callback')
  reloadByCallback(@Session() session: Session): object {
    session.reload(() => undefined);
    return { seen: session.count };
  }

  @Get('late-bigint')
  lateBigint(@Session() session: Session): string {
    session.label = 'new';
    setImmediate(() => Reflect.set(session, 'big', 1n));
    return 'done';
  }
}

describe('a change made to a session while it is being stored', () => {
  let store: IndexedScriptedStore;
  let elsewhere: IndexedScriptedStore;
  let browser: Browser;
  /** The same application once more, on the same store. */
  let otherOrigin: string;

  beforeEach(async () => {
    store = new IndexedScriptedStore(new MemorySessionStore());
    let now = Date.now(); // stands still, so that no touch is due after a write
    elsewhere = new IndexedScriptedStore(store.inner);
    const clock = (): number => now;
    const metadata = { controllers: [UnderWayController] };
    browser = (await startApp({ store, clock }, metadata)).browser();
    otherOrigin = (await startApp({ store: elsewhere, clock }, metadata)).origin;
    await browser.get('/login');
    now += 2 * MINUTE; // and the index of users is due to be told of the next one
  });

  afterEach(closeApps);

  /** The answer to a path of which one call to the store has to wait for a request to another instance. */
  async function overtaken(path: string, operation: 'read' | 'replace', other: string) {
    if (operation === 'read') store.pause('read').resolve(); // the one that opens the session
    const pause = store.pause(operation);
    const answer = browser.get(path);
    await pause.arrived;
    await browser.copy(otherOrigin).get(other);
    pause.resolve();
    return answer;
  }

  const seen = async (): Promise<unknown> => (await browser.get('/see')).body;

  it('is kept by update(), even if another request stored first', async () => {
    const { body } = await overtaken('/update', 'replace', '/other');
    const all = { count: 1, label: 'new', other: 'theirs', maxAge: null };
    expect(body).toEqual(all);
    expect(await seen()).toEqual(all);
  });

  it.each(['/save', '/login-and-remember'])(
    'is kept when it concerns the cookie, too: %s',
    async (path) => {
      const { body, setCookies } = await browser.get(path);
      expect(body).toMatchObject({ maxAge: expect.closeTo(HOUR, -2) });
      expect(setCookies.join()).toContain('Expires=');
      expect(await seen()).toMatchObject({ maxAge: expect.closeTo(HOUR, -2) });
    },
  );

  it.each(['/reload-and-save', '/reload-and-end', '/reload-by-callback'])(
    'does not undo what reload() found: %s',
    async (path) => {
      const { body } = await overtaken(path, 'read', '/count');
      expect(body).toEqual({ seen: 0 });
      expect(await seen()).toMatchObject({ count: 1 });
    },
  );

  it('does not fail a response whose session is stored, if it cannot be stored itself', async () => {
    const { status, text } = await overtaken('/late-bigint', 'replace', '/other');
    expect([status, text]).toEqual([200, 'done']);
    expect(await seen()).toMatchObject({ label: 'new', other: 'theirs' });
  });

  it('is stored once after a merge', async () => {
    const before = [store, elsewhere].map((one) => one.countOf('replace'));
    await overtaken('/update', 'replace', '/other');
    const after = [store, elsewhere].map((one) => one.countOf('replace'));
    // Its own writes, refused and merged; and the other request's.
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([2, 1]);
  });
});
