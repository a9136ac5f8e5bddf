import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { SealedCookieStore, Session, SessionService } from 'nestjs-sesame';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

const HOUR = 3_600_000;

const fill = (session: Session): void => void (session.label = 'x'.repeat(5_000));

/** Why an update is rejected. */
interface Reason {
  /** What its function does at the end. */
  change?(session: Session): void;
  readonly isStoreBroken?: boolean;
  /** Whether cookies carry the records. */
  readonly isSealed?: boolean;
}

const REASONS: readonly [string, Reason][] = [
  ['its function throws', { change: () => JSON.parse('half way') }],
  ['an attribute cannot be stored', { change: (session) => Reflect.set(session, 'at', new Map()) }],
  ['no cookie can carry an attribute', { change: ({ cookie }) => (cookie.path = 'a;b') }],
  ['the store fails', { isStoreBroken: true }],
  ['no cookie can hold the session', { change: fill, isSealed: true }],
];

async function start({ change, isStoreBroken = false, isSealed = false }: Reason) {
  const store = new ScriptedStore();
  const asked = deferred();

  @Controller()
  class UpdateController {
    constructor(private readonly sessions: SessionService) {}

    @Get('all')
    all(@Session() session: Session): object {
      return { ...session, cookie: session.cookie.originalMaxAge };
    }

    @Post('begin')
    begin(@Session() session: Session): void {
      session.items = ['first'];
    }

    @Post('other')
    other(@Session() session: Session): void {
      session.items = ['first', 'of another'];
    }

    @Post('update')
    async update(@Session() session: Session): Promise<object> {
      session.label = 'of the request';
      if (isStoreBroken) store.break('create', 'replace');
      const updated = this.sessions.update((current) => {
        current.count = 1;
        current.items?.push('second');
        current.cookie.maxAge = HOUR;
        change?.(current);
      });
      asked.resolve();
      const isRejected = await updated.then(
        () => false,
        () => true,
      );
      store.mend();
      return { isRejected, shown: this.all(session) };
    }
  }

  const { browser } = await startApp(
    { store: isSealed ? new SealedCookieStore({ keys: [SECRET] }) : store },
    { controllers: [UpdateController] },
  );
  return { store, browser: browser(), asked: asked.promise };
}

describe.each(REASONS)('an update that is rejected, as %s,', (_why, reason) => {
  it('leaves the session object as it was, and what is stored in the end', async () => {
    const { browser } = await start(reason);
    await browser.post('/begin');
    const shown = { items: ['first'], label: 'of the request', cookie: null };
    const answer = await browser.post('/update');
    expect(answer.body).toEqual({ isRejected: true, shown });
    expect((await browser.get('/all')).body).toEqual(shown);
  });

  it('does so where nothing was stored before', async () => {
    const { browser } = await start(reason);
    const shown = { label: 'of the request', cookie: null };
    const answer = await browser.post('/update');
    expect(answer.body).toEqual({ isRejected: true, shown });
    expect((await browser.get('/all')).body).toEqual(shown);
  });
});

const IN_A_STORE = REASONS.filter(([, { isSealed }]) => isSealed !== true);

it.each(IN_A_STORE)(
  'an update that is rejected, as %s, keeps what another request has stored first',
  async (_why, reason) => {
    const { store, browser, asked } = await start(reason);
    await browser.post('/begin');
    const writing = store.pause('replace');
    const other = browser.post('/other');
    await writing.arrived;
    const answer = browser.post('/update');
    await asked;
    writing.resolve();
    expect((await other).status).toBe(201);
    const shown = { items: ['first'], label: 'of the request', cookie: null };
    expect((await answer).body).toMatchObject({ isRejected: true, shown });
    const stored = { ...shown, items: ['first', 'of another'] };
    expect((await browser.get('/all')).body).toEqual(stored);
  },
);
