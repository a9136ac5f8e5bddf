// From many rounds to one line per cell.
import { appNamed, lineUp } from './apps.mjs';

const FIGURES = ['cpu', 'rps', 'p50', 'p99', 'bytes', 'rss'];

/**
 * Medians of the rounds. What a session costs is the CPU time above Nest without sessions. What is
 * compared is compared within each round, since a machine is not equally fast all the time.
 */
export function summarise(cells) {
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const lines = cells.map((cell) => lineOf(cell, byName.get(counterpart(cell, lineUp.baseline))));
  const costs = new Map(lines.map(({ name, cost }) => [name, cost]));
  return lines.map((line) => {
    const peer = byName.get(counterpart(line, lineUp.peer));
    if (peer === undefined || line.cost === undefined || line.app === lineUp.peer) return line;
    const { rounds } = byName.get(line.name);
    return withRatios(line, costs.get(peer.name), rounds, peer.rounds);
  });
}

function withRatios(line, peersCost, rounds, peersRounds) {
  const rpsRatio = medianOfPairs(rounds, peersRounds, (own, peers) => own.rps / peers.rps);
  const p99Ratio = medianOfPairs(rounds, peersRounds, (own, peers) => own.p99 / peers.p99);
  return { ...line, costRatio: line.cost / peersCost, rpsRatio, p99Ratio };
}

function lineOf({ rounds, ...cell }, baseline) {
  const line = { ...cell, ...figuresOf(rounds), rounds: rounds.length };
  const isCompared =
    cell.app !== lineUp.baseline && appNamed(cell.app).isNest && baseline !== undefined;
  if (!isCompared) return line;
  const cost = medianOfPairs(rounds, baseline.rounds, (own, bare) => own.cpu - bare.cpu);
  return { ...line, cost };
}

function medianOfPairs(rounds, others, compare) {
  const count = Math.min(rounds.length, others.length);
  return median(rounds.slice(0, count).map((round, index) => compare(round, others[index])));
}

function figuresOf(rounds) {
  return Object.fromEntries(FIGURES.map((name) => [name, medianOf(rounds, name)]));
}

/** The same case of another application. The guarded route compares with the plain one. */
function counterpart({ route, size, connections }, app) {
  return [app, route === 'guarded' ? 'read' : route, size, connections].join(' ');
}

function medianOf(rounds, name) {
  return median(rounds.map((round) => round[name]));
}

function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
