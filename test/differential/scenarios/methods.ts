import session from 'express-session';
import type { Handler, Scenario, ScenarioRequest } from '../support/scenario.js';
import type { World } from '../support/world.js';
import { again, known, seed } from './parts.js';
import { shown, standardApplication } from './standard-application.js';

type Act = (request: ScenarioRequest, done: (text?: unknown) => void, world: World) => void;

function doing(act: Act): Handler {
  return (request, response, world) => {
    if (request.url !== '/do') return standardApplication(request, response, world);
    return new Promise<unknown>((resolve) => {
      act(request, (text = 'done') => resolve(text), world);
    }).then((text) => response.end(String(text)));
  };
}

function inBoth(name: string, act: Act, options = {}): Scenario[] {
  const handle = doing(act);
  return [
    {
      name: `${name}, in a stored session`,
      options,
      handle,
      requests: [known('/do'), '/look', again('/look')],
    },
    { name: `${name}, in a new session`, options, handle, requests: ['/do', '/look'] },
  ];
}

/** The same with a handler that ends its response itself. */
function atOnce(name: string, handle: Handler): Scenario[] {
  const handler: Handler = (request, response, world) =>
    (request.url === '/do' ? handle : standardApplication)(request, response, world);
  return [
    { name: `${name}, in a stored session`, handle: handler, requests: [known('/do'), '/look'] },
    { name: `${name}, in a new session`, handle: handler, requests: ['/do', '/look'] },
  ];
}

const told = (error: unknown): string => (error ? 'an error' : 'no error');

export const methods: readonly Scenario[] = [
  ...inBoth('regenerate()', (request, done) => {
    const before = request.session;
    request.session.regenerate((error) => {
      done([
        told(error),
        request.session === before,
        request.session.id === request.sessionID,
        shown(request),
      ]);
    });
  }),
  ...inBoth('regenerate(), then a write', (request, done) => {
    request.session.regenerate(() => {
      request.session.count = 50;
      done(request.session.id);
    });
  }),
  ...inBoth('a write, then regenerate()', (request, done) => {
    request.session.count = 50;
    request.session.regenerate(() => done());
  }),
  ...inBoth('regenerate() twice, then a write', (request, done) => {
    request.session.regenerate(() => {
      request.session.regenerate(() => {
        request.session.count = 50;
        done(request.sessionID);
      });
    });
  }),
  ...inBoth('regenerate(), a write to the old object', (request, done) => {
    const before = request.session;
    request.session.regenerate(() => {
      before.count = 50;
      done();
    });
  }),
  ...inBoth('regenerate(), a write, save()', (request, done) => {
    request.session.regenerate(() => {
      request.session.count = 50;
      request.session.save((error) => done(told(error)));
    });
  }),
  ...inBoth(
    'regenerate() with a maxAge',
    (request, done) => {
      request.session.regenerate(() => {
        request.session.count = 50;
        done();
      });
    },
    { cookie: { maxAge: 60_000 } },
  ),
  ...inBoth(
    'regenerate() with saveUninitialized',
    (request, done) => {
      request.session.regenerate(() => done());
    },
    { saveUninitialized: true },
  ),
  ...inBoth('destroy() with a callback', (request, done) => {
    request.session.destroy((error) => done([told(error), typeof request.session]));
  }),
  ...atOnce('destroy() without a callback', (request, response) => {
    Reflect.apply(request.session.destroy, request.session, []);
    return response.end(typeof request.session);
  }),
  ...inBoth('destroy(), then a write to the old object', (request, done) => {
    const before = request.session;
    request.session.destroy(() => {
      before.count = 50;
      done();
    });
  }),
  ...inBoth('a write, then destroy()', (request, done) => {
    request.session.count = 50;
    request.session.destroy(() => done());
  }),
  ...inBoth('destroy() returns the session', (request, done) => {
    const before = request.session;
    const returned = request.session.destroy(() => done(returned === before));
  }),
  ...inBoth('destroy(), then regenerate() of the old object', (request, done) => {
    const before = request.session;
    request.session.destroy(() => {
      before.regenerate(() => {
        request.session.count = 50;
        done();
      });
    });
  }),
  ...inBoth('destroy(), then save() of the old object', (request, done) => {
    const before = request.session;
    request.session.destroy(() => {
      before.save((error) => done(told(error)));
    });
  }),
  ...inBoth(
    'destroy() with unset keep',
    (request, done) => {
      request.session.destroy(() => done());
    },
    { unset: 'keep' },
  ),
  ...inBoth('destroy(), then req.session is given an object', (request, done) => {
    request.session.destroy(() => {
      Reflect.set(request, 'session', { count: 50 });
      done();
    });
  }),
  ...inBoth('sessionStore.generate() after destroy()', (request, done) => {
    request.session.destroy(() => {
      Reflect.apply(Reflect.get(request.sessionStore, 'generate'), request.sessionStore, [request]);
      request.session.count = 50;
      done(shown(request));
    });
  }),
  ...inBoth('reload()', (request, done) => {
    const before = request.session;
    request.session.count = 50;
    request.session.reload((error) =>
      done([told(error), request.session === before, shown(request)]),
    );
  }),
  ...inBoth('reload(), then a write', (request, done) => {
    request.session.reload(() => {
      request.session.count = 60;
      done();
    });
  }),
  ...inBoth('reload(), a write to the old object', (request, done) => {
    const before = request.session;
    request.session.reload(() => {
      before.count = 60;
      done();
    });
  }),
  ...inBoth('reload() of what another process wrote', (request, done, world) => {
    seed(world, request.sessionID, { count: 70 });
    request.session.reload((error) => done([told(error), shown(request)]));
  }),
  ...inBoth('save(), a write, reload()', (request, done) => {
    request.session.count = 50;
    request.session.save(() => {
      request.session.count = 51;
      request.session.reload((error) => done([told(error), shown(request)]));
    });
  }),
  ...inBoth('save() with a callback', (request, done) => {
    request.session.count = 50;
    request.session.save((error) => done(told(error)));
  }),
  ...atOnce('save() without a callback', (request, response) => {
    request.session.count = 50;
    request.session.save();
    return response.end('done');
  }),
  ...inBoth('save() of an unchanged session', (request, done) => {
    request.session.save((error) => done(told(error)));
  }),
  ...inBoth('save() twice', (request, done) => {
    request.session.count = 50;
    request.session.save(() => {
      request.session.count = 51;
      request.session.save((error) => done(told(error)));
    });
  }),
  ...inBoth('save(), then a write', (request, done) => {
    request.session.count = 50;
    request.session.save(() => {
      request.session.count = 51;
      done();
    });
  }),
  ...atOnce('save() at the same time as end()', (request, response, world) => {
    request.session.count = 50;
    request.session.save((error) => world.note(`saved, ${told(error)}`));
    request.session.count = 51;
    return response.end('done');
  }),
  ...inBoth('save() twice at the same time', (request, done) => {
    let left = 2;
    const one = (): void => void ((left -= 1) === 0 && done());
    request.session.count = 50;
    request.session.save(one);
    request.session.count = 51;
    request.session.save(one);
  }),
  ...inBoth('save() returns the session', (request, done) => {
    request.session.count = 50;
    const returned: unknown = request.session.save(() => done(returned === request.session));
  }),
  ...inBoth('destroy() and save() without a callback', (request, done) => {
    request.session.count = 50;
    const saved: unknown = request.session.save();
    const destroyed: unknown = request.session.destroy();
    done([saved instanceof Promise, destroyed instanceof Promise]);
  }),
  ...inBoth('save() of an older object after regenerate()', (request, done) => {
    const before = request.session;
    request.session.regenerate(() => {
      before.count = 50;
      before.save((error) => done(told(error)));
    });
  }),
  ...inBoth('touch() and resetMaxAge()', (request, done) => {
    const { session: own } = request;
    done([own.touch() === own, own.resetMaxAge() === own]);
  }),
  ...inBoth(
    'touch() with a maxAge',
    (request, done) => {
      request.session.count = 5;
      request.session.touch();
      done(Math.round((request.session.cookie.maxAge ?? 0) / 1_000));
    },
    { cookie: { maxAge: 60_000 } },
  ),
  ...inBoth(
    'resetMaxAge() undoes a shorter maxAge',
    (request, done) => {
      request.session.count = 5;
      request.session.cookie.expires = new Date(Date.now() + 1_000);
      request.session.cookie.originalMaxAge = 60_000;
      request.session.resetMaxAge();
      done(Math.round((request.session.cookie.maxAge ?? 0) / 1_000));
    },
    { cookie: { maxAge: 60_000 } },
  ),
  ...inBoth('what req.session and its cookie are', (request, done) => {
    const { session: own, sessionStore } = request;
    done([
      own instanceof session.Session,
      own.cookie instanceof session.Cookie,
      sessionStore instanceof session.Store,
      Reflect.get(own, 'req') === request,
      'id' in own,
      Object.keys(own),
      'session' in request,
      Object.keys(request).includes('session'),
    ]);
  }),
  ...inBoth('sessionStore.get() of the own session', (request, done) => {
    request.sessionStore.get(request.sessionID, (error, data) =>
      done([told(error), Reflect.get(Object(data), 'count')]),
    );
  }),
  ...inBoth('sessionStore.get() of an unknown session', (request, done) => {
    request.sessionStore.get('unknown', (error, data) => done([told(error), !data]));
  }),
  ...inBoth('sessionStore.set() of the own session', (request, done) => {
    request.session.count = 50;
    setIn(request, request.sessionID, request.session, (error) => done(told(error)));
  }),
  ...inBoth('sessionStore.destroy() of the own session', (request, done) => {
    request.sessionStore.destroy(request.sessionID, (error) =>
      done([told(error), typeof request.session]),
    );
  }),
  ...inBoth('sessionStore.destroy() of another session', (request, done, world) => {
    seed(world, 'other', { count: 1 });
    request.sessionStore.destroy('other', (error) =>
      done([told(error), Object.keys(world.store.contents())]),
    );
  }),
  ...inBoth('sessionStore.get() of another session', (request, done, world) => {
    seed(world, 'other', { count: 1 });
    request.sessionStore.get('other', (error, data) =>
      done([told(error), Reflect.get(Object(data), 'count')]),
    );
  }),
  ...inBoth('sessionStore.set() of another session', (request, done) => {
    const { cookie } = request.session;
    setIn(request, 'other', { cookie, count: 9 }, (error) => done(told(error)));
  }),
  ...inBoth('sessionStore.load() of another session', (request, done, world) => {
    seed(world, 'other', { count: 1 });
    request.sessionStore.load('other', (error, data) =>
      done([told(error), Reflect.get(Object(data), 'count')]),
    );
  }),
  ...inBoth('sessionStore.regenerate()', (request, done, world) => {
    world.note(request.sessionID);
    Reflect.apply(request.sessionStore.regenerate, request.sessionStore, [
      request,
      () => {
        request.session.count = 50;
        done();
      },
    ]);
  }),
  ...inBoth('sessionStore.createSession() of other data', (request, done) => {
    const { cookie } = request.session;
    Reflect.apply(request.sessionStore.createSession, request.sessionStore, [
      request,
      { cookie, count: 80 },
    ]);
    done(shown(request));
  }),
  ...inBoth('sessionStore.all and length', (request, done) => {
    done([typeof request.sessionStore.all, typeof request.sessionStore.length]);
  }),
];

function setIn(
  { sessionStore }: ScenarioRequest,
  id: string,
  data: object,
  done: (error: unknown) => void,
): void {
  Reflect.apply(sessionStore.set, sessionStore, [id, data, done]);
}
