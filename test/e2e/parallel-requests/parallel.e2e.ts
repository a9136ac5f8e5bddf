import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Post } from '@nestjs/common';
import session from 'express-session';
import { Session, SessionService } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

/** What slow requests wait for. */
let slow: { readonly begun: Deferred; readonly mayEnd: Deferred };

@Controller()
class ParallelController {
  private arrived = 0;

  constructor(private readonly sessions: SessionService) {}

  @Get('all')
  all(@Session() session: Session): object {
    return { ...session };
  }

  @Post('begin')
  begin(@Session() session: Session): void {
    session.label = 'begun';
  }

  /** Each of the 24 has its session before the first of them answers. */
  @Post('set/:key/of/:total')
  async set(
    @Session() session: Session,
    @Param('key') key: string,
    @Param('total') total: string,
  ): Promise<void> {
    Reflect.set(session, key, key);
    this.arrived += 1;
    if (this.arrived === Number(total)) slow.mayEnd.resolve();
    await slow.mayEnd.promise;
  }

  @Post('increment')
  async increment(): Promise<number> {
    return this.sessions.update((session) => {
      session.count = (session.count ?? 0) + 1;
      return session.count;
    });
  }

  @Post('slow')
  async slow(@Session() session: Session): Promise<string> {
    slow.begun.resolve();
    await slow.mayEnd.promise;
    session.label = 'slow';
    return 'answered';
  }

  @Post('slow-update')
  async slowUpdate(): Promise<string> {
    slow.begun.resolve();
    await slow.mayEnd.promise;
    return this.sessions.update((session) => (session.label = 'slow'));
  }

  @Post('slow-delete')
  async slowDelete(@Session() session: Session): Promise<void> {
    slow.begun.resolve();
    await slow.mayEnd.promise;
    delete session.label;
  }

  @Post('label/:label')
  label(@Session() session: Session, @Param('label') label: string): void {
    session.label = label;
    session.items = [label];
  }

  @Post('logout')
  logout(): Promise<void> {
    return this.sessions.logout();
  }
}

const start = (store: ScriptedStore | session.Store) => {
  slow = { begun: deferred(), mayEnd: deferred() };
  return startApp({ store }, { controllers: [ParallelController] });
};

describe.each([
  ['the memory store', () => new ScriptedStore()],
  ["express-session's MemoryStore", () => new session.MemoryStore()],
])('parallel requests on one session, on %s', (_name, createStore) => {
  it('keeps all of 24 different keys', async () => {
    const app = await start(createStore());
    const browser = app.browser();
    await browser.post('/begin');
    const keys = Array.from({ length: 24 }, (_, index) => `key${index}`);
    const answers = await Promise.all(keys.map((key) => browser.post(`/set/${key}/of/24`)));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    const { body } = await browser.get('/all');
    expect(body).toMatchObject(Object.fromEntries(keys.map((key) => [key, key])));
    expect(body).toMatchObject({ label: 'begun' });
  });

  it('counts 20 of 20 parallel increments by update()', async () => {
    const app = await start(createStore());
    const browser = app.browser();
    await browser.post('/begin');
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post('/increment')));
    expect((await browser.get('/all')).body).toMatchObject({ count: 20 });
    const counts = answers.map(({ text }) => Number(text)).toSorted((a, b) => a - b);
    expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it.each(['/slow', '/slow-update'])(
    'stays signed out although %s was under way, which gets a normal response without a cookie',
    async (path) => {
      const app = await start(createStore());
      const browser = app.browser();
      await browser.post('/begin');
      const before = browser.copy();
      const answer = before.post(path);
      await slow.begun.promise;
      await browser.post('/logout');
      slow.mayEnd.resolve();
      const { status, setCookies } = await answer;
      expect(status).toBe(201);
      expect(setCookies).toEqual([]);
      expect((await before.get('/all')).body).not.toHaveProperty('label');
    },
  );

  it("lets a delete win over a value that was there, and keeps the other request's keys", async () => {
    const app = await start(createStore());
    const browser = app.browser();
    await browser.post('/begin');
    const answer = browser.post('/slow-delete');
    await slow.begun.promise;
    await browser.post('/label/other');
    slow.mayEnd.resolve();
    await answer;
    const { body } = await browser.get('/all');
    expect(body).not.toHaveProperty('label');
    expect(body).toMatchObject({ items: ['other'] });
  });
});

describe('a commit that finds a newer version', () => {
  it('shows the merged session to the handler after save()', async () => {
    const store = new ScriptedStore();
    const seen: unknown[] = [];

    @Controller()
    class SaveController {
      constructor(private readonly sessions: SessionService) {}

      @Post('begin')
      begin(@Session() session: Session): void {
        session.label = 'begun';
      }

      @Post('count')
      count(@Session() session: Session): void {
        session.count = 7;
      }

      @Post('save')
      async save(@Session() session: Session): Promise<void> {
        session.items = ['mine'];
        await this.sessions.save();
        seen.push(session.count, session.items);
        session.items.push('later');
      }

      @Get('all')
      all(@Session() session: Session): object {
        return { ...session };
      }
    }

    const app = await startApp({ store }, { controllers: [SaveController] });
    const elsewhere = new ScriptedStore(store.inner);
    const other = await startApp({ store: elsewhere }, { controllers: [SaveController] });
    const browser = app.browser();
    await browser.post('/begin');
    const replace = store.pause('replace');
    const answer = browser.post('/save');
    await replace.arrived;
    await browser.copy(other.origin).post('/count');
    replace.resolve();
    await answer;
    expect(seen).toEqual([7, ['mine', 'later']]);
    expect((await browser.get('/all')).body).toMatchObject({
      count: 7,
      items: ['mine', 'later'],
      label: 'begun',
    });
  });
});

describe('update()', () => {
  const run = async (change: (session: Session) => unknown): Promise<[number, unknown]> => {
    @Controller()
    class UpdateController {
      constructor(private readonly sessions: SessionService) {}

      @Get('all')
      all(@Session() session: Session): object {
        return { ...session };
      }

      @Post('begin')
      begin(@Session() session: Session): void {
        session.items = ['first'];
      }

      @Post('update')
      async update(): Promise<void> {
        await this.sessions.update(change);
      }
    }
    const app = await startApp({}, { controllers: [UpdateController] });
    const browser = app.browser();
    await browser.post('/begin');
    const { status } = await browser.post('/update');
    return [status, (await browser.get('/all')).body];
  };

  it('undoes what a function changed before it threw', async () => {
    const [status, body] = await run((session) => {
      session.items?.push('half');
      throw new Error('half way');
    });
    expect(status).toBe(500);
    expect(body).toMatchObject({ items: ['first'] });
  });

  it('refuses an asynchronous function, since it may have to run again', async () => {
    const [status, body] = await run(async (session) => {
      session.items?.push('later');
    });
    expect(status).toBe(500);
    expect(body).toMatchObject({ items: ['first'] });
  });
});

it('an express-session store never gets more than one write of a session at a time', async () => {
  let running = 0;
  let most = 0;
  class CountingStore extends session.MemoryStore {
    override set(id: string, data: session.SessionData, done?: (error?: unknown) => void): void {
      running += 1;
      most = Math.max(most, running);
      super.set(id, data, (error) => {
        running -= 1;
        done?.(error);
      });
    }
  }
  const app = await start(new CountingStore());
  const browser = app.browser();
  await browser.post('/begin');
  await Promise.all(Array.from({ length: 10 }, () => browser.post('/increment')));
  expect(most).toBe(1);
});
