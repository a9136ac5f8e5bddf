// The applications, in the order of the tables. `sessions` says where they live.
export const BASELINE = 'nest';
export const PEER = 'express-session';
export const SUBJECT = 'sesame-redis';

const EVERY_ROUTE = ['read', 'write', 'untouched', 'first', 'anonymous'];

export const APPS = [
  app('nest', 'Nest, no session', 'nowhere'),
  app('nest-redis-get', 'Nest, bare ioredis (the floor)', 'by-hand'),
  app('express-session', 'express-session + connect-redis', 'redis'),
  app('nestjs-session', 'nestjs-session + connect-redis', 'redis'),
  app('sesame-redis', 'Sesame, Redis', 'redis'),
  app('sesame-memory', 'Sesame, memory', 'memory'),
  app('sesame-sealed', 'Sesame, sealed cookie', 'cookie'),
  app('cookie-session', 'cookie-session (signed, readable)', 'cookie'),
  app('fastify-session', 'Fastify, @fastify/session', 'redis', { isNest: false }),
  app('nest-als', 'Nest, AsyncLocalStorage.run', 'nowhere', { routes: ['untouched'] }),
  app('sesame-guard', 'Sesame, Redis, signed in', 'redis', { routes: ['read', 'guarded'] }),
];

function app(name, title, sessions, { routes = EVERY_ROUTE, isNest = true } = {}) {
  return { name, title, sessions, routes, isNest };
}

/**
 * Adds the applications with Sesame of another checkout, built and installed, to be measured beside
 * those of this one: a change and what was before it, in one run.
 */
export function addCheckout(folder) {
  for (const known of APPS.filter(({ name }) => name.startsWith('sesame-'))) {
    APPS.push({ ...known, name: `${known.name}@before`, title: `${known.title}, before`, folder });
  }
}

export function appNamed(name) {
  const found = APPS.find((known) => known.name === name);
  if (found === undefined) throw new Error(`No app is named ${name}: see harness/apps.mjs`);
  return found;
}
