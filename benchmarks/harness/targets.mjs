// What Sesame promises, compared with the peer of the line-up.
import { isMain } from './cells.mjs';
import { lineUp } from './apps.mjs';

/** Redis commands per request, which are the same on every machine, and are checked by --quick as well. */
export const COMMANDS = { read: 1.02, write: 2, untouched: 1.02 };

const LARGE = 32_768;

/** Each target with what was measured; `isMet` says whether it was met. */
export function compareWithTargets(lines) {
  const { goals, subject } = lineUp;
  const all = lines.filter(({ app }) => app === subject);
  // A busy session has promises of its own: no more commands than a lone write.
  const [busy, ours] = [all.filter(isBusy), all.filter((line) => !isBusy(line))];
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
      .filter(({ part, size }) => part === 'sizes' && size === LARGE)
      .map(({ route, costRatio }) =>
        atMost(`${route}, 32 KiB: session cost, of the peer's`, 1, costRatio),
      ),
    ...busy.map(({ size, connections, commands }) =>
      atMost(`${connections} write one of ${size} bytes: Redis commands`, COMMANDS.write, commands),
    ),
    ...ours.map(({ name, p99Ratio }) =>
      atMost(`p99 of ${shortName(name)}, of the peer's`, 1, p99Ratio),
    ),
  ].filter(({ target, measured }) => target !== undefined && measured !== undefined);
}

function isBusy({ part }) {
  return part === 'busy';
}

function shortName(name) {
  const [, route, size, connections] = name.split(' ');
  const [bytes, attributes] = size.split('/');
  const shape = attributes === undefined ? '' : ` in ${attributes} attributes`;
  return `${route}, ${bytes} bytes${shape}, ${connections} connections`;
}

function atMost(name, target, measured) {
  return { name, bound: 'at most', target, measured, isMet: measured <= target };
}

function atLeast(name, target, measured) {
  return { name, bound: 'at least', target, measured, isMet: measured >= target };
}
