// The tables of the cases beside the main tables: a lone request, a busy session, sealed cookies.
import { appNamed, lineUp } from '../harness/apps.mjs';
import { isMain, MAIN_CONNECTIONS, MAIN_SIZE } from '../harness/cells.mjs';
import { fixed, roundsOf, tableOf } from './tables.mjs';

/** In µs, since it is about latency, which a load would hide behind the queue of waiting requests. */
export function loneTable(lines) {
  const lone = lines.filter(({ part }) => part === 'lone');
  if (lone.length === 0) return '';
  const heads = ['route', 'application', 'p50 µs', 'p95 µs', 'CPU µs', 'session cost µs'];
  const rows = lone.map(({ route, app, p50, p95, cpu, cost }) => [
    route,
    appNamed(app).title,
    fixed(p50 * 1_000, 0),
    fixed(p95 * 1_000, 0),
    fixed(cpu, 0),
    fixed(cost, 0),
  ]);
  const text = `${MAIN_SIZE} bytes, one connection, one request at a time; ${roundsOf(lone)}.`;
  return `## A lone request\n\n${text}\n\n${tableOf(heads, rows)}`;
}

export function busyTable(lines) {
  const busy = lines.filter(({ part }) => part === 'busy');
  if (busy.length === 0) return '';
  const heads = [
    'bytes',
    'writers',
    'application',
    'requests/s',
    `of ${lineUp.titles.peer}`,
    'p50 ms',
    'p99 ms',
    'failed',
    'Redis commands',
    'Redis bytes',
    "others' p50 ms",
  ];
  const rows = busy.map((line) => [
    line.size,
    line.connections,
    appNamed(line.app).title,
    fixed(line.rps, 0),
    fixed(line.rpsRatio, 2),
    fixed(line.p50, 1),
    fixed(line.p99, 1),
    line.failures,
    fixed(line.commands, 2),
    fixed(line.bytes, 0),
    fixed(line.others, 1),
  ]);
  const text = `One session that so many requests write at a time; ${roundsOf(busy)}. Commands and bytes are per request. Somebody else meanwhile reads a session of their own, one request after the other.`;
  return `## A busy session\n\n${text}\n\n${tableOf(heads, rows)}`;
}

/** The same lines as in the main tables, side by side, for sessions kept in the cookie. */
export function sealedTable(lines) {
  const main = lines.filter(isMain);
  const sealed = main.filter(({ sessions }) => sessions === 'cookie');
  if (sealed.length === 0) return '';
  const { peer } = lineUp.sealed;
  const peersCost = (route) => sealed.find((one) => one.app === peer && one.route === route)?.cost;
  const heads = ['route', 'application', 'CPU µs', 'session cost µs', `of ${peer}`, 'requests/s'];
  const rows = sealed.map(({ route, app, cpu, cost, rps, p50, p99 }) => [
    route,
    appNamed(app).title,
    fixed(cpu, 0),
    fixed(cost, 0),
    app === peer ? '' : fixed(ratio(cost, peersCost(route)), 2),
    fixed(rps, 0),
    fixed(p50, 1),
    fixed(p99, 1),
  ]);
  const text = `Sessions of ${MAIN_SIZE} bytes that are kept in the cookie, ${MAIN_CONNECTIONS} connections; ${roundsOf(sealed)}.`;
  return `## Sealed cookies\n\n${text}\n\n${tableOf([...heads, 'p50 ms', 'p99 ms'], rows)}`;
}

function ratio(one, other) {
  return one === undefined || other === undefined ? undefined : one / other;
}
