import '../../support/session-data.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import session from 'express-session';
import type { SessionData } from 'express-session';
import createFileStore from 'session-file-store';
import { Session, SessionService } from 'nestjs-sesame';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';

const FileStore = createFileStore(session);

const folders: string[] = [];

afterEach(async () => {
  await closeServers();
  await closeApps();
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

type Answer = (error?: unknown, data?: SessionData | null) => void;

/** The store of express-session's own tests: it calls back at once, and throws for an id it does not know. */
class SyncStore extends session.Store {
  readonly sessions = new Map<string, string>();

  override get(id: string, answer: Answer): void {
    answer(null, JSON.parse(this.sessions.get(id) ?? 'undefined'));
  }

  override set(id: string, data: SessionData, done?: Answer): void {
    this.sessions.set(id, JSON.stringify(data));
    done?.();
  }

  override destroy(id: string, done?: Answer): void {
    this.sessions.delete(id);
    done?.();
  }
}

@Controller()
class SignInController {
  constructor(private readonly sessions: SessionService) {}

  @Post('count')
  count(@Session() own: Session): number {
    return (own.count = (own.count ?? 0) + 1);
  }

  @Post('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }

  @Post('confirm')
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Get('who')
  who(@Session() own: Session): object {
    return { user: this.sessions.userId, count: own.count };
  }
}

describe('a store that calls back at once, and throws for an unknown id', () => {
  it('responds correctly on save', async () => {
    const { browser } = await startServer({ store: new SyncStore() }, (request, response) => {
      request.session.count = (request.session.count ?? 0) + 1;
      response.end(`hits: ${request.session.count}`);
    });
    expect(await browser().get('/')).toMatchObject({ status: 200, text: 'hits: 1' });
  });

  it('responds correctly on destroy', async () => {
    const store = new SyncStore();
    const server = await startServer({ store, unset: 'destroy' }, (request, response) => {
      const count = (request.session.count = (request.session.count ?? 0) + 1);
      if (count > 1) {
        Reflect.set(request, 'session', null);
        response.write('destroyed\n');
      }
      response.end(`hits: ${count}`);
    });
    const browser = server.browser();
    expect(await browser.get('/')).toMatchObject({ status: 200, text: 'hits: 1' });
    expect(await browser.get('/')).toMatchObject({ status: 200, text: 'destroyed\nhits: 2' });
    expect(store.sessions.size).toBe(0);
  });

  it('serves a whole visit, including new ids', async () => {
    const app = await startApp({ store: new SyncStore() }, { controllers: [SignInController] });
    const browser = app.browser();
    for (const path of ['/count', '/login', '/count', '/confirm', '/count']) {
      expect((await browser.post(path)).status).toBe(201);
    }
    expect((await browser.get('/who')).body).toEqual({ user: 'ada', count: 3 });
    expect((await browser.post('/logout')).status).toBe(201);
    expect((await browser.post('/count')).body).toBe(1);
  });
});

describe('a store that answers ENOENT for an unknown id', () => {
  it('is believed: there is no session', async () => {
    const store = new session.MemoryStore();
    const server = await startServer({ store }, (request, response) => {
      request.session.count = (request.session.count ?? 0) + 1;
      response.end(String(request.session.count));
    });
    const browser = server.browser();
    await browser.get('/');
    const absent = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    jest.spyOn(store, 'get').mockImplementation((_id, answer) => answer(absent));
    expect(await browser.get('/')).toMatchObject({ status: 200, text: '1' });
  });
});

describe('a new session', () => {
  it('is stored without a read from a store that would retry the read', async () => {
    const path = await mkdtemp(join(tmpdir(), 'session-file-store-'));
    folders.push(path);
    const store = new FileStore({ path, reapInterval: -1, logFn: () => undefined });
    const get = jest.spyOn(store, 'get');
    const app = await startApp({ store }, { controllers: [SignInController] });
    const browser = app.browser();
    await browser.post('/count');
    expect(get).not.toHaveBeenCalled();
    await app.browser().post('/login');
    expect(get).not.toHaveBeenCalled();
    expect((await browser.get('/who')).body).toEqual({ count: 1 });
  });

  it('is not stored again while the store may still carry out the first attempt', async () => {
    const store = new session.MemoryStore();
    const late = deferred();
    const set = store.set.bind(store);
    jest.spyOn(store, 'set').mockImplementationOnce((id, data, done) => {
      const then: SessionData = { ...data };
      void late.promise.then(() => set(id, then, done));
    });
    const server = await startServer({ store, storeTimeout: 300 }, async (request, response) => {
      if (request.url === '/twice') {
        request.session.count = 1;
        await expect(request.session.save()).rejects.toMatchObject({ status: 503 });
        request.session.count = 2;
        setImmediate(() => late.resolve());
      }
      response.end(String(request.session.count));
    });
    const browser = server.browser();
    expect((await browser.get('/twice')).status).toBe(200);
    expect((await browser.get('/')).text).toBe('2');
  });

  it('never takes the place of another one when the application generates the same id twice', async () => {
    const server = await startServer(
      { store: new session.MemoryStore(), genid: () => 'always the same' },
      (request, response) => {
        request.session.count = (request.session.count ?? 0) + 1;
        response.end(String(request.session.count));
      },
    );
    const [one, other] = [server.browser(), server.browser()];
    expect((await one.get('/')).text).toBe('1');
    expect(await other.get('/')).toMatchObject({
      status: 500,
      text: expect.stringContaining('Check the genid option'),
    });
    expect((await one.get('/')).text).toBe('2');
  });
});
