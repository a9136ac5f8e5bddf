// The routes: what is asked, and the one right answer.
import { nameOf } from '../apps/content.mjs';

export const ROUTES = {
  read: {
    title: 'Read one attribute',
    hasCookie: true,
    exchange: ({ name }) => get('/read', { name }),
  },
  write: {
    title: 'Write one attribute',
    hasCookie: true,
    exchange: ({ name }, value) => put(`/write/${value}`, { name, value }),
  },
  untouched: {
    title: 'Route that never looks at its session',
    hasCookie: true,
    exchange: () => get('/untouched', { ok: true }),
  },
  first: {
    title: 'First visit, stored',
    hasCookie: false,
    setsCookie: true,
    exchange: (_, value) => put(`/first/${value}`, { value }),
  },
  anonymous: {
    title: 'First visit, nothing stored',
    hasCookie: false,
    exchange: () => get('/anonymous', { name: null }),
  },
  guarded: {
    title: 'Read one attribute behind AuthenticatedGuard',
    hasCookie: true,
    exchange: ({ name }) => get('/guarded', { name }),
  },
};

/** What a visitor's request to a route looks like, and what must come back. */
export function exchangeFor(route, visitor, sessions, value) {
  const { hasCookie, setsCookie = false, exchange } = ROUTES[route];
  const isNobody = sessions === 'nowhere';
  return {
    ...exchange({ name: nameOf(isNobody ? 0 : visitor.number) }, value),
    cookie: hasCookie && !isNobody ? visitor.cookie : undefined,
    setsCookie: setsCookie && sessions !== 'nowhere' && sessions !== 'by-hand',
  };
}

/** A value to write: different for each count, but always of the same length. */
export function valueOf(count) {
  return String(count).padStart(6, '0');
}

function get(path, answer) {
  return { method: 'GET', path, body: JSON.stringify(answer) };
}

function put(path, answer) {
  return { method: 'PUT', path, body: JSON.stringify(answer) };
}
