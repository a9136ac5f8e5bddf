// From many rounds to one line per cell.
import { appNamed, BASELINE, PEER } from './apps.mjs';

const FIGURES = ['cpu', 'rps', 'p50', 'p99', 'bytes', 'rss'];

/** Medians of the rounds. What a session costs is the CPU time above Nest without sessions. */
export function summarise(cells) {
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const lines = cells.map((cell) => lineOf(cell, byName.get(counterpart(cell, BASELINE))));
  const linesByName = new Map(lines.map((line) => [line.name, line]));
  return lines.map((line) => withRatios(line, linesByName.get(counterpart(line, PEER))));
}

/** The same case of another application. The guarded route compares with the plain one. */
function counterpart({ route, size, connections }, app) {
  return [app, route === 'guarded' ? 'read' : route, size, connections].join(' ');
}

function lineOf({ rounds, ...cell }, baseline) {
  const figures = FIGURES.map((name) => [name, medianOf(rounds, name)]);
  const line = { ...cell, ...Object.fromEntries(figures), rounds: rounds.length };
  const isCompared = cell.app !== BASELINE && appNamed(cell.app).isNest && baseline !== undefined;
  return isCompared ? { ...line, cost: line.cpu - medianOf(baseline.rounds, 'cpu') } : line;
}

function medianOf(rounds, name) {
  return median(rounds.map((round) => round[name]));
}

function withRatios(line, peer) {
  if (peer === undefined || line.cost === undefined || line.app === PEER) return line;
  return {
    ...line,
    costRatio: line.cost / peer.cost,
    rpsRatio: line.rps / peer.rps,
    p99Ratio: line.p99 / peer.p99,
  };
}

function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
