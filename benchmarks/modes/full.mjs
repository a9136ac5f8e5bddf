// The full run: every case in every round, in another order each time, until the time is up; all of
// it three times, in new processes.
import { installPeers } from '../peers/peer.mjs';
import { groupsOf, isMain, MAIN_SIZE, shuffled, visitorsFor } from '../harness/cells.mjs';
import { LoadProcess } from '../harness/load-process.mjs';
import { Measurement } from '../harness/measurement.mjs';
import { Stage } from '../harness/stage.mjs';
import { summarise } from '../harness/summary.mjs';
import { writeReport } from '../report/report.mjs';

/** How long one measurement takes, about. */
const SECONDS = 0.5;
const COUNTED = 300;

/** How much of the time goes to the main tables; the rest is for the sweeps. */
const SHARE_OF_TABLES = 0.7;

/**
 * How often everything is started anew. What the compiler and the collector make of a program differs
 * from process to process, by half and more on Node 20, and stays so for as long as it runs.
 */
const STARTS = 3;

export async function full({ apps, routes, minutes, rounds }) {
  installPeers();
  const groups = groupsOf({ apps, routes });
  const cells = groups.flat();
  for (const cell of cells) cell.rounds = [];
  const milliseconds = (minutes * 60_000) / STARTS; // to start and warm up comes on top of that
  let left = [];
  for (let start = 0; start < STARTS; start += 1) {
    left = await measureAnew(groups, milliseconds, Math.ceil(rounds / STARTS));
  }
  await writeReport({
    lines: summarise(cells.filter((cell) => cell.rounds.length > 0)),
    left,
    isPartial: apps.length + routes.length > 0,
  });
}

/** Measures everything in processes of its own; answers what could not be started. */
async function measureAnew(groups, milliseconds, rounds) {
  const stage = await Stage.open();
  try {
    const left = await startApps(stage, groups);
    const load = stage.keep(new LoadProcess());
    const measurement = new Measurement(load, stage.meter);
    const visitorsOf = ({ app, size }) => stage.visitorsOf(app, size, visitorsFor(size));
    const cells = groups.flat().filter(({ app }) => stage.apps.has(app));
    for (const name of stage.apps.keys()) {
      console.log(`Warming up: ${name} ...`);
      const own = cells.filter((cell) => cell.app === name && isMain(cell));
      const visitors = await visitorsOf({ app: name, size: MAIN_SIZE });
      await measurement.warmUp(own, visitors);
    }
    for (const cell of cells.filter(({ commands }) => commands === undefined)) {
      Object.assign(cell, await measurement.count(cell, await visitorsOf(cell), COUNTED));
    }
    const deadline = Date.now() + milliseconds;
    // The main tables first: the sweeps would leave the applications in them warmer than the others.
    const [tables, sweeps] = [groups.filter(isTable), groups.filter((group) => !isTable(group))];
    const share = sweeps.length === 0 ? 1 : SHARE_OF_TABLES;
    const half = Date.now() + (deadline - Date.now()) * share;
    for (const [part, until] of [
      [tables, half],
      [sweeps, deadline],
    ]) {
      await measureUntil(until, rounds, part, async (cell) => {
        if (!stage.apps.has(cell.app)) return;
        const amount = Math.max(cell.connections * 4, Math.round(cell.rps * SECONDS));
        const timed = await measurement.time(cell, await visitorsOf(cell), amount);
        cell.rounds.push(timed);
        cell.rps = timed.rps;
      });
    }
    return left;
  } finally {
    stage.close();
  }
}

function isTable([cell]) {
  return isMain(cell);
}

/** Round after round, each in another order, as long as one more fits. */
async function measureUntil(deadline, rounds, groups, measure) {
  let longest = 0;
  for (let round = 1; round <= rounds && Date.now() + longest < deadline; round += 1) {
    const startedAt = Date.now();
    for (const group of shuffled(groups)) {
      for (const cell of shuffled(group)) await measure(cell);
    }
    longest = Math.max(longest, Date.now() - startedAt);
    console.log(`Round ${round}: ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
    if (groups.length === 0) return;
  }
}

/** Starts what can be started; what cannot is left out, and the report says why. */
async function startApps(stage, groups) {
  const left = [];
  for (const name of new Set(groups.flat().map(({ app }) => app))) {
    try {
      await stage.start(name);
    } catch (error) {
      left.push({ name, why: error.message });
      console.log(`Left out: ${error.message}`);
    }
  }
  return left;
}
