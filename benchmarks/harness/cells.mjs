// A cell is one thing to measure: an application, a route, a session's size and shape, and how many
// connections at once. cases.mjs lists them all.

export const MAIN_SIZE = 512;
export const MAIN_CONNECTIONS = 32;

/** From this size on, a session itself takes noticeable time. */
const LARGE = 100 * 1024;

/** @param part the part of the run that it belongs to: see cases.mjs */
export function cellOf(part, app, { route, size = MAIN_SIZE, connections, attributes }) {
  const cell = {
    part,
    app: app.name,
    sessions: app.sessions,
    route,
    size,
    connections,
    attributes,
  };
  return { name: nameOf(cell), ...cell };
}

/** The same case has the same name in each application, except for the first word. */
export function nameOf({ app, route, size, connections, attributes }) {
  const shape = attributes === undefined ? size : `${size}/${attributes}`;
  return [app, route, shape, connections].join(' ');
}

/** The cells of the main tables. */
export function isMain({ part }) {
  return part === 'tables';
}

/** Few large sessions are enough, and fit into memory; but no two connections may share one. */
export function visitorsFor(size) {
  if (size === MAIN_SIZE) return 600;
  return Math.max(MAIN_CONNECTIONS, Math.min(200, Math.round((40 * LARGE) / size)));
}

/** How many requests a measurement of this many seconds sends. */
export function amountFor({ part, size, connections, rps }, seconds) {
  // Percentiles of a lone request need many, however fast the application is.
  if (part === 'lone') return 2_000;
  const least = connections * (part === 'busy' || size >= LARGE ? 2 : 4);
  return Math.max(least, Math.round(rps * seconds));
}

/** How many requests to count with MONITOR, which prints all that they send. */
export function countedFor({ size, connections }) {
  return size >= LARGE ? connections * 2 : Math.max(300, connections * 2);
}

/** A different order for each round, so that no cell always comes first. */
export function shuffled(list) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}
