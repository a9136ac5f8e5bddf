// What Sesame on Redis promises, compared with express-session + connect-redis.
import { isMain } from './cells.mjs';
import { SUBJECT } from './apps.mjs';

/** Redis commands per request; those hold on every machine, and are checked by --quick as well. */
export const COMMANDS = { read: 1.02, write: 2, untouched: 1.02 };

const COST = { read: 0.4, write: 0.7, untouched: 0.25, first: 0.35 };
const REQUESTS_PER_SECOND = { read: 1.6 };

const LARGE = 32_768;

/** Each target with what was measured; `isMet` says how it came out. */
export function compareWithTargets(lines) {
  const ours = lines.filter(({ app }) => app === SUBJECT);
  return [
    ...ours
      .filter(isMain)
      .flatMap(({ route, costRatio, rpsRatio, commands }) => [
        atMost(`${route}: session cost, of the peer's`, COST[route], costRatio),
        atLeast(
          `${route}: requests per second, of the peer's`,
          REQUESTS_PER_SECOND[route],
          rpsRatio,
        ),
        atMost(`${route}: Redis commands`, COMMANDS[route], commands),
      ]),
    ...ours
      .filter(({ size }) => size === LARGE)
      .map(({ route, costRatio }) =>
        atMost(`${route}, 32 KiB: session cost, of the peer's`, 1, costRatio),
      ),
    ...ours.map(({ name, p99Ratio }) =>
      atMost(`p99 of ${shortName(name)}, of the peer's`, 1, p99Ratio),
    ),
  ].filter(({ target, measured }) => target !== undefined && measured !== undefined);
}

function shortName(name) {
  const [, route, size, connections] = name.split(' ');
  return `${route}, ${size} bytes, ${connections} connections`;
}

function atMost(name, target, measured) {
  return { name, bound: 'at most', target, measured, isMet: measured <= target };
}

function atLeast(name, target, measured) {
  return { name, bound: 'at least', target, measured, isMet: measured >= target };
}
