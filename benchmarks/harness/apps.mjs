// The applications by line-up, in the order of the tables. `sessions` says where they live; `folder` is the
// folder in apps/ if it is not named like the line-up, `checkout` another copy of the project.
const EVERY_ROUTE = ['read', 'write', 'untouched', 'first', 'anonymous'];

/** What is compared in one run: without sessions, with the package that most people use, with Sesame. */
const LINE_UPS = {
  express: {
    baseline: 'nest',
    peer: 'express-session',
    subject: 'sesame-redis',
    sealed: { peer: 'cookie-session', subject: 'sesame-sealed' },
    titles: { peer: 'express-session', baseline: 'Nest without sessions' },
    /** Goals of the subject, relative to the peer. */
    goals: {
      cost: { read: 0.4, write: 0.7, untouched: 0.25, first: 0.35 },
      requestsPerSecond: { read: 1.6 },
    },
    apps: [
      app('nest', 'Nest, no session', 'nowhere'),
      app('nest-redis-get', 'Nest, bare ioredis (the floor)', 'by-hand'),
      app('express-session', 'express-session + connect-redis', 'redis'),
      app('nestjs-session', 'nestjs-session + connect-redis', 'redis'),
      app('nest-by-hand', 'Nest, a session by hand', 'redis', {
        routes: ['read', 'write', 'first'],
      }),
      app('sesame-redis', 'Sesame, Redis', 'redis'),
      app('sesame-memory', 'Sesame, memory', 'memory'),
      app('sesame-sealed', 'Sesame, sealed cookie', 'cookie'),
      app('cookie-session', 'cookie-session (signed, readable)', 'cookie'),
      app('fastify-session', 'Fastify, @fastify/session', 'redis', {
        isNest: false,
        folder: 'fastify',
      }),
      app('nest-als', 'Nest, AsyncLocalStorage.run', 'nowhere', { routes: ['untouched'] }),
      app('sesame-guard', 'Sesame, Redis, signed in', 'redis', { routes: ['read', 'guarded'] }),
    ],
  },
  fastify: {
    baseline: 'nest',
    peer: 'nest-fastify-session-steady',
    subject: 'sesame-redis',
    sealed: { peer: 'secure-session', subject: 'sesame-sealed' },
    titles: {
      peer: '@fastify/session with rolling: false',
      baseline: 'Nest on Fastify without sessions',
    },
    goals: {
      cost: { read: 0.45, write: 0.85, untouched: 0.25, first: 1 },
      requestsPerSecond: {},
    },
    apps: [
      app('nest', 'Nest on Fastify, no session', 'nowhere'),
      app('nest-redis-get', 'Nest on Fastify, bare ioredis (the floor)', 'by-hand'),
      app('nest-fastify-session', 'Nest on Fastify, @fastify/session', 'redis'),
      app(
        'nest-fastify-session-steady',
        'Nest on Fastify, @fastify/session, rolling: false',
        'redis',
      ),
      app('sesame-redis', 'Sesame on Fastify, Redis', 'redis'),
      app('sesame-memory', 'Sesame on Fastify, memory', 'memory'),
      app('sesame-sealed', 'Sesame on Fastify, sealed cookie', 'cookie'),
      app('secure-session', 'Nest on Fastify, @fastify/secure-session', 'cookie'),
      app('fastify-session', 'Fastify without Nest, @fastify/session', 'redis', { isNest: false }),
    ],
  },
  postgres: {
    baseline: 'nest',
    peer: 'connect-pg-simple',
    subject: 'sesame-postgres',
    titles: { peer: 'connect-pg-simple', baseline: 'Nest without sessions' },
    needs: 'POSTGRES_URL',
    goals: { cost: { read: 1, write: 0.7 }, requestsPerSecond: {} },
    apps: [
      app('nest', 'Nest, no session', 'nowhere', { folder: 'express' }),
      app('connect-pg-simple', 'express-session + connect-pg-simple', 'postgres'),
      app('sesame-postgres', 'Sesame, PostgreSQL', 'postgres'),
      app('sesame-redis', 'Sesame, Redis', 'redis', { folder: 'express' }),
    ],
  },
};

function app(name, title, sessions, { routes = EVERY_ROUTE, isNest = true, folder } = {}) {
  return { name, title, sessions, routes, isNest, folder };
}

/** The line-up of this run. */
export const lineUp = { name: 'express', ...LINE_UPS.express };

export function chooseLineUp(name) {
  const chosen = LINE_UPS[name];
  if (chosen === undefined) {
    throw new Error(`No line-up is named ${name}: choose one of ${Object.keys(LINE_UPS)}.`);
  }
  const { needs } = chosen;
  if (needs !== undefined && !process.env[needs]) {
    throw new Error(
      `Set ${needs} to the URL of an empty database, such as postgres://user@localhost/bench.`,
    );
  }
  Object.assign(lineUp, { name, ...chosen });
}

export function isSesame({ name }) {
  return name.startsWith('sesame-');
}

/**
 * Adds the applications with Sesame of another checkout, built and installed, to be measured beside
 * those of this one: before and after a change, in one run.
 */
export function addCheckout(folder) {
  for (const known of lineUp.apps.filter(isSesame)) {
    lineUp.apps.push({
      ...known,
      name: `${known.name}@before`,
      title: `${known.title}, before`,
      checkout: folder,
    });
  }
}

export function appNamed(name) {
  const found = lineUp.apps.find((known) => known.name === name);
  if (found === undefined) throw new Error(`No app is named ${name}: see harness/apps.mjs`);
  return found;
}
