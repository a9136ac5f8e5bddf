// Turns many rounds into one line per cell.
import { appNamed, lineUp } from './apps.mjs';
import { nameOf } from './cells.mjs';

const FIGURES = ['cpu', 'rps', 'p50', 'p95', 'p99', 'bytes', 'rss', 'others'];

/**
 * Medians of the rounds. A session costs the CPU time beyond that of Nest without sessions. What is
 * compared is compared within each round, since a machine is not always equally fast.
 */
export function summarise(cells) {
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const baselineOf = (cell) =>
    byName.get(counterpart(cell, lineUp.baseline)) ?? byName.get(withoutSize(cell));
  const lines = cells.map((cell) => lineOf(cell, baselineOf(cell)));
  const costs = new Map(lines.map(({ name, cost }) => [name, cost]));
  return lines.map((line) => {
    const peer = byName.get(counterpart(line, lineUp.peer));
    if (peer === undefined || !isCompared(line) || line.app === lineUp.peer) return line;
    const { rounds } = byName.get(line.name);
    return withRatios(line, costs.get(peer.name), rounds, peer.rounds);
  });
}

function withRatios(line, peersCost, rounds, peersRounds) {
  const rpsRatio = medianOfPairs(rounds, peersRounds, (own, peers) => own.rps / peers.rps);
  const p99Ratio = medianOfPairs(rounds, peersRounds, (own, peers) => own.p99 / peers.p99);
  const costRatio = peersCost === undefined ? undefined : line.cost / peersCost;
  return { ...line, costRatio, rpsRatio, p99Ratio };
}

function lineOf({ rounds, ...cell }, baseline) {
  const line = { ...cell, ...figuresOf(rounds), rounds: rounds.length };
  if (cell.part === 'busy') line.failures = rounds.reduce((sum, { failures }) => sum + failures, 0);
  if (!isCompared(cell) || baseline === undefined) return line;
  const cost = medianOfPairs(rounds, baseline.rounds, (own, bare) => own.cpu - bare.cpu);
  return { ...line, cost };
}

function isCompared({ app }) {
  return app !== lineUp.baseline && appNamed(app).isNest;
}

function medianOfPairs(rounds, others, compare) {
  const count = Math.min(rounds.length, others.length);
  return median(rounds.slice(0, count).map((round, index) => compare(round, others[index])));
}

function figuresOf(rounds) {
  return Object.fromEntries(FIGURES.map((name) => [name, medianOf(rounds, name)]));
}

/** The same case of another application. The guarded route compares with the plain one. */
function counterpart(cell, app) {
  return nameOf({ ...cell, app, route: cell.route === 'guarded' ? 'read' : cell.route });
}

/** Without sessions, a route is measured once for all sizes. */
function withoutSize(cell) {
  return nameOf({ ...cell, app: lineUp.baseline, size: 0, attributes: undefined });
}

function medianOf(rounds, name) {
  return median(rounds.map((round) => round[name]).filter((value) => value !== undefined));
}

function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
