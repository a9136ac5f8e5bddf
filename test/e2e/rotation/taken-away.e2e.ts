import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Post, Req } from '@nestjs/common';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { platform } from '../../support/applications/platform-differences.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

const AWAY = {
  ...(platform.deletesSession && {
    'delete req.session': (request: object) => void Reflect.deleteProperty(request, 'session'),
  }),
  'req.session = null': (request: object) => void Reflect.set(request, 'session', null),
  'req.session = undefined': (request: object) => void Reflect.set(request, 'session', undefined),
} as const;

const GIVEN = (request: object): void => void Reflect.set(request, 'session', { given: true });

type Step = (sessions: SessionService, request: object) => unknown;

const DO = {
  'login()': (sessions: SessionService) => sessions.login('bob'),
  'logout()': (sessions: SessionService) => sessions.logout(),
  'destroy()': (sessions: SessionService) => sessions.destroy(),
  'regenerate()': (sessions: SessionService) => sessions.regenerate(),
  "regenerate('all')": (sessions: SessionService) => sessions.regenerate({ keep: 'all' }),
  'confirm()': (sessions: SessionService) => sessions.confirm(),
  'save()': (sessions: SessionService) => sessions.save(),
  'reload()': (sessions: SessionService) => sessions.reload(),
  'update()': (sessions: SessionService) =>
    sessions.update((session) => void Reflect.set(session, 'updated', true)),
} as const;

type Operation = keyof typeof DO;

/** Who is signed in afterwards, and what the session holds; ada was, with the attribute `begun`. */
type End = [userId: string | null, holds: string];

const OUT: End = [null, ''];
const KEPT: End = ['ada', 'begun'];

/** What the session ends in when the application takes it away, and then does something with it. */
const THEN: Readonly<Record<Operation, [status: number, end: End, kept: End]>> = {
  'login()': [201, ['bob', ''], ['bob', '']],
  'logout()': [201, OUT, OUT],
  'destroy()': [201, OUT, OUT],
  'regenerate()': [201, OUT, OUT],
  "regenerate('all')": [201, OUT, KEPT],
  'confirm()': [500, OUT, KEPT],
  'save()': [500, OUT, KEPT],
  'reload()': [201, KEPT, KEPT],
  'update()': [500, OUT, KEPT],
};

/** What it ends in with `unset: 'keep'` when it is done first, and taken away afterwards. */
const DONE: Readonly<Record<Operation, End>> = {
  'login()': ['bob', ''],
  'logout()': OUT,
  'destroy()': OUT,
  'regenerate()': OUT,
  "regenerate('all')": KEPT,
  'confirm()': KEPT,
  'save()': KEPT,
  'reload()': KEPT,
  'update()': ['ada', 'begun,updated'],
};

/** What it ends in when the application puts an object of its own in its place, before or after. */
const REPLACED: Readonly<Record<Operation, [before: End, after: End]>> = {
  'login()': [
    ['bob', ''],
    ['bob', 'given'],
  ],
  'logout()': [OUT, OUT],
  'destroy()': [OUT, OUT],
  'regenerate()': [OUT, [null, 'given']],
  "regenerate('all')": [
    ['ada', 'given'],
    ['ada', 'given'],
  ],
  'confirm()': [
    ['ada', 'given'],
    ['ada', 'given'],
  ],
  'save()': [
    ['ada', 'given'],
    ['ada', 'given'],
  ],
  'reload()': [KEPT, ['ada', 'given']],
  'update()': [
    ['ada', 'given'],
    ['ada', 'given'],
  ],
};

const ways = Object.entries(AWAY);
const operations = Object.keys(DO).filter(isOperation);

function isOperation(name: string): name is Operation {
  return name in DO;
}

let step: Step = () => undefined;

@Controller()
class Routes {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  @Post('begin')
  async begin(@Session() session: Session): Promise<void> {
    Reflect.set(session, 'begun', true);
    await this.sessions.login('ada');
  }

  @Post('step')
  async step(@Req() request: object): Promise<void> {
    await step(this.sessions, request);
  }

  @Get()
  see(@Session() { cookie: _cookie, ...attributes }: Session): unknown {
    return [this.sessions.userId ?? null, Object.keys(attributes).toSorted().join()];
  }
}

async function ending(next: Step, options: Partial<SessionModuleOptions> = {}) {
  step = next;
  const { browser } = await startApp(options, { controllers: [Routes] });
  const visitor = browser();
  await visitor.post('/begin');
  const before = visitor.copy();
  const { status } = await visitor.post('/step');
  const end = (await visitor.get('/')).body;
  return { status, end, before: (await before.get('/')).body };
}

describe.each(ways)('%s', (_way, take) => {
  it.each(operations)('and then %s leaves the expected session', async (operation) => {
    const [status, end] = THEN[operation];
    const after = await ending(async (sessions, request) => {
      take(request);
      await DO[operation](sessions);
    });
    expect(after).toMatchObject({ status, end });
    if (end !== KEPT) expect(after.before).toEqual(OUT);
  });

  it.each(operations)(
    "with unset: 'keep', and then %s leaves the expected session",
    async (operation) => {
      const [, , end] = THEN[operation];
      const after = await ending(
        async (sessions, request) => {
          take(request);
          await DO[operation](sessions);
        },
        { unset: 'keep' },
      );
      expect(after.end).toEqual(end);
    },
  );

  it.each(operations)('after %s ends the session', async (operation) => {
    const after = await ending(async (sessions, request) => {
      await DO[operation](sessions);
      take(request);
    });
    expect(after).toEqual({ status: 201, end: OUT, before: OUT });
  });

  it.each(operations)('while %s is under way ends the session', async (operation) => {
    const after = await ending(async (sessions, request) => {
      const done = DO[operation](sessions);
      take(request);
      await done;
    });
    expect(after).toEqual({ status: 201, end: OUT, before: OUT });
  });

  it.each(operations)(
    "with unset: 'keep', after %s leaves the expected session",
    async (operation) => {
      const after = await ending(
        async (sessions, request) => {
          await DO[operation](sessions);
          take(request);
        },
        { unset: 'keep' },
      );
      expect(after).toMatchObject({ status: 201, end: DONE[operation] });
    },
  );

  it('makes SessionService see a session that has ended', async () => {
    const after = await ending((sessions, request) => {
      take(request);
      return Reflect.set(sessions.current, 'lost', true);
    });
    expect(after).toEqual({ status: 500, end: OUT, before: OUT });
  });

  it('and then a login() that fails in the store signs nobody in', async () => {
    const store = new ScriptedStore();
    const after = await ending(
      async (sessions, request) => {
        take(request);
        store.break('create');
        await sessions.login('bob').finally(() => store.mend());
      },
      { store },
    );
    expect(after).toEqual({ status: 503, end: OUT, before: OUT });
  });
});

describe('req.session = {...}', () => {
  it.each(operations)('and then %s leaves the expected session', async (operation) => {
    const after = await ending(async (sessions, request) => {
      GIVEN(request);
      await DO[operation](sessions);
    });
    expect(after.end).toEqual(REPLACED[operation][0]);
  });

  it.each(operations)('after %s leaves the expected session', async (operation) => {
    const after = await ending(async (sessions, request) => {
      await DO[operation](sessions);
      GIVEN(request);
    });
    expect(after).toMatchObject({ status: 201, end: REPLACED[operation][1] });
  });
});
