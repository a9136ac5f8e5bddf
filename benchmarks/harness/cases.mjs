// All that the full run measures, as groups of cells that differ only in the application:
// each group is measured side by side.
import { appNamed, lineUp } from './apps.mjs';
import { cellOf, MAIN_CONNECTIONS, MAIN_SIZE } from './cells.mjs';

const KIB = 1_024;

const SWEPT_ROUTES = ['read', 'write'];
const LONE_ROUTES = ['read', 'write', 'untouched', 'first'];

/** While MONITOR prints 32 megabytes at a time, Redis answers later than Sesame's storeTimeout. */
const FEW_CONNECTIONS = 4;

/** 5,000 attributes do not fit into 20 KiB: with its name and quotes, each takes eleven bytes. */
const SHAPES = [
  ...[1, 4, 20, 32, 100].map((size) => shapeOf(size * KIB)),
  ...[1, 100, 1_000].map((attributes) => shapeOf(20 * KIB, attributes)),
  shapeOf(64 * KIB, 5_000),
  { size: 1_024 * KIB, connections: FEW_CONNECTIONS },
];
const MANY_CONNECTIONS = 256;

function shapeOf(size, attributes) {
  return { size, attributes, connections: MAIN_CONNECTIONS };
}

export const BUSY_SIZES = [MAIN_SIZE, 100 * KIB];
const WRITERS = [8, 32, 128, 256];

/** The parts, measured one after the other, each with its share of the time. */
export const PARTS = {
  tables: { share: 0.5, groups: mainGroups },
  lone: { share: 0.1, groups: loneGroups },
  busy: { share: 0.15, groups: busyGroups },
  sizes: { share: 0.25, groups: sizeGroups },
};

/** What can be chosen. Sealed cookies belong to the main tables, and are measured in their rounds. */
export const CASES = ['tables', 'sealed', 'lone', 'busy', 'sizes'];

/** Groups of the chosen cases; if applications or routes are named, only for these. */
export function groupsOf({ apps = [], routes = [], cases = CASES }) {
  const { baseline, peer } = lineUp;
  const isWanted = ({ name }) =>
    apps.length === 0 || apps.includes(name) || [baseline, peer].includes(name);
  const chosen = {
    apps: lineUp.apps.filter(isWanted),
    has: (route) => routes.length === 0 || routes.includes(route),
    cases,
  };
  const isPartWanted = (part) =>
    cases.includes(part) || (part === 'tables' && cases.includes('sealed'));
  return Object.keys(PARTS)
    .filter(isPartWanted)
    .flatMap((part) => PARTS[part].groups(chosen).filter((group) => group.length > 0));
}

function caseOf({ sessions }) {
  return sessions === 'cookie' ? 'sealed' : 'tables';
}

function mainGroups({ apps, has, cases }) {
  const own = apps.filter((app) => app.name === lineUp.baseline || cases.includes(caseOf(app)));
  const routes = [...new Set(own.flatMap((app) => app.routes))].filter(has);
  return routes.map((route) =>
    own
      .filter((app) => app.routes.includes(route))
      .map((app) => cellOf('tables', app, { route, connections: MAIN_CONNECTIONS })),
  );
}

function loneGroups({ apps, has }) {
  const { baseline, peer, subject } = lineUp;
  const names = new Set([baseline, 'nest-redis-get', peer, subject, 'sesame-memory']);
  const own = apps.filter(({ name }) => names.has(name));
  return LONE_ROUTES.filter(has).map((route) =>
    own.map((app) => cellOf('lone', app, { route, connections: 1 })),
  );
}

/** One session that many requests write at once. Commands and bytes only mean something if it is in Redis. */
function busyGroups({ apps, has }) {
  const own = compared(apps).filter(({ sessions }) => sessions === 'redis');
  if (!has('write') || appNamed(lineUp.peer).sessions !== 'redis') return [];
  return BUSY_SIZES.flatMap((size) =>
    WRITERS.map((connections) =>
      own.map((app) => cellOf('busy', app, { route: 'busy', size, connections })),
    ),
  );
}

function sizeGroups({ apps, has }) {
  const baseline = appNamed(lineUp.baseline);
  const own = compared(apps);
  return SWEPT_ROUTES.filter(has).flatMap((route) => {
    const shapes = SHAPES.map((shape) => Object.assign({ route }, shape));
    // Without sessions there is no size: once per number of connections is enough.
    const bare = [MAIN_CONNECTIONS, FEW_CONNECTIONS].map((connections) =>
      groupOf([baseline], { route, size: 0, connections }),
    );
    const many = groupOf([baseline, ...own], { route, connections: MANY_CONNECTIONS });
    return [shapes.map((shape) => groupOf(own, shape)), bare, [many]].flat();
  });
}

function groupOf(apps, shape) {
  return apps.map((app) => cellOf('sizes', app, shape));
}

function compared(apps) {
  return apps.filter(({ name }) => [lineUp.peer, lineUp.subject].includes(name));
}
