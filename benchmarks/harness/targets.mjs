// What Sesame promises, compared with the peer of the line-up.
import { isMain } from './cells.mjs';
import { lineUp } from './apps.mjs';

/** Redis commands per request; those hold on every machine, and are checked by --quick as well. */
export const COMMANDS = { read: 1.02, write: 2, untouched: 1.02 };

const LARGE = 32_768;

/** Each target with what was measured; `isMet` says how it came out. */
export function compareWithTargets(lines) {
  const { goals, subject } = lineUp;
  const ours = lines.filter(({ app }) => app === subject);
  return [
    ...ours
      .filter(isMain)
      .flatMap(({ route, costRatio, rpsRatio, commands }) => [
        atMost(`${route}: session cost, of the peer's`, goals.cost[route], costRatio),
        atLeast(
          `${route}: requests per second, of the peer's`,
          goals.requestsPerSecond[route],
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
