// What is measured: an application, a route, a session size, and how many connections at once.
import { appNamed, lineUp } from './apps.mjs';

export const MAIN_SIZE = 512;
export const MAIN_CONNECTIONS = 32;
const SWEPT_ROUTES = ['read', 'write'];
const SIZES = [205, 4_096, 32_768];
const CONNECTIONS = [1, 256];

/** Few large sessions are enough, and fit into memory. */
export function visitorsFor(size) {
  return size === MAIN_SIZE ? 600 : 200;
}

/** The cells of the main tables; the others are sweeps of size and connections. */
export function isMain({ size, connections }) {
  return size === MAIN_SIZE && connections === MAIN_CONNECTIONS;
}

/** Groups of cells that differ only in the application: each group is measured side by side. */
export function groupsOf({ apps = [], routes = [], isSweeping = true }) {
  const { baseline, peer, subject } = lineUp;
  const isWanted = (name) =>
    apps.length === 0 || apps.includes(name) || [baseline, peer].includes(name);
  const chosen = lineUp.apps.filter(({ name }) => isWanted(name));
  const names = [...new Set(chosen.flatMap((app) => app.routes))];
  const wanted = names.filter((route) => routes.length === 0 || routes.includes(route));
  const main = wanted.map((route) =>
    chosen
      .filter((app) => app.routes.includes(route))
      .map((app) => cell(app, route, MAIN_SIZE, MAIN_CONNECTIONS)),
  );
  if (!isSweeping) return main;
  const swept = [baseline, peer, subject].filter(isWanted).map(appNamed);
  const cases = [
    ...SIZES.map((size) => ({ size, connections: MAIN_CONNECTIONS })),
    ...CONNECTIONS.map((connections) => ({ size: MAIN_SIZE, connections })),
  ];
  const sweeps = SWEPT_ROUTES.filter((route) => wanted.includes(route)).map((route) =>
    cases.map(({ size, connections }) => swept.map((app) => cell(app, route, size, connections))),
  );
  return [...main, ...sweeps.flat()];
}

function cell(app, route, size, connections) {
  const name = [app.name, route, size, connections].join(' ');
  return { name, app: app.name, sessions: app.sessions, route, size, connections };
}

/** Another order for each round, so that nobody always comes first. */
export function shuffled(list) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}
