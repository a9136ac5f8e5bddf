// The full run: every case in every round, in a different order each time, until the time is up; all of
// it several times, in new processes. How the compiler and the collector treat a program differs from
// process to process, by half and more on Node 20, and stays that way for as long as it runs.
import { installPeers } from '../peers/peer.mjs';
import { BusySession } from '../harness/busy-session.mjs';
import { CASES, groupsOf, PARTS } from '../harness/cases.mjs';
import { amountFor, countedFor, MAIN_SIZE, shuffled, visitorsFor } from '../harness/cells.mjs';
import { LoadProcess } from '../harness/load-process.mjs';
import { Measurement } from '../harness/measurement.mjs';
import { Stage } from '../harness/stage.mjs';
import { summarise } from '../harness/summary.mjs';
import { writeReport } from '../report/report.mjs';

/** Roughly how long one measurement takes. */
const SECONDS = 0.5;

export async function full({ apps, routes, cases, minutes, starts, rounds }) {
  installPeers();
  const groups = groupsOf({ apps, routes, cases: cases.length === 0 ? CASES : cases });
  const cells = groups.flat();
  for (const cell of cells) cell.rounds = [];
  const milliseconds = (minutes * 60_000) / starts; // to start and warm up comes on top of that
  let left = [];
  for (let start = 0; start < starts; start += 1) {
    left = await measureAnew(groups, milliseconds, Math.ceil(rounds / starts));
  }
  await writeReport({
    lines: summarise(cells.filter((cell) => cell.rounds.length > 0)),
    left,
    isPartial: apps.length + routes.length + cases.length > 0,
  });
}

/** Measures everything in processes of its own; returns what could not be started. */
async function measureAnew(groups, milliseconds, rounds) {
  const stage = await Stage.open();
  try {
    const left = await startApps(stage, groups);
    const measure = measurerOn(stage);
    const cells = groups.flat().filter(({ app }) => stage.apps.has(app));
    for (const name of stage.apps.keys()) {
      console.log(`Warming up: ${name} ...`);
      const own = cells.filter(({ app }) => app === name);
      await measure.warmUp(name, own);
    }
    for (const cell of cells.filter(({ commands }) => commands === undefined)) {
      Object.assign(cell, await measure.count(cell));
    }
    const parts = Object.keys(PARTS).filter((part) => cells.some((cell) => cell.part === part));
    const all = parts.reduce((sum, part) => sum + PARTS[part].share, 0);
    // The main tables come first: the other parts would leave the applications in them warmer than the rest.
    for (const part of parts) {
      const deadline = Date.now() + (milliseconds * PARTS[part].share) / all;
      const own = groups.filter(([cell]) => cell.part === part);
      await measureUntil(deadline, rounds, own, async (cell) => {
        if (!stage.apps.has(cell.app)) return;
        const timed = await measure.time(cell);
        cell.rounds.push(timed);
        cell.rps = timed.rps;
      });
    }
    return left;
  } finally {
    stage.close();
  }
}

/** Measures a cell of any kind, with the visitors that it needs. */
function measurerOn(stage) {
  const load = stage.keep(new LoadProcess());
  const plain = new Measurement(load, stage.meter);
  const busy = new BusySession(load, stage.meter);
  const kindOf = ({ part }) => (part === 'busy' ? busy : plain);
  const visitorsOf = ({ app, size, attributes }) =>
    stage.visitorsOf(app, size, visitorsFor(size), attributes);
  return {
    async warmUp(app, cells) {
      const routes = cells.map(({ route }) => (route === 'busy' ? 'write' : route));
      await plain.warmUp([...new Set(routes)], await visitorsOf({ app, size: MAIN_SIZE }));
    },
    count: async (cell) => kindOf(cell).count(cell, await visitorsOf(cell), countedFor(cell)),
    time: async (cell) => kindOf(cell).time(cell, await visitorsOf(cell), amountFor(cell, SECONDS)),
  };
}

/** Round after round, each in a different order, as long as one more fits; at least one. */
async function measureUntil(deadline, rounds, groups, measure) {
  const [[{ part }]] = groups;
  let longest = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const startedAt = Date.now();
    if (round > 1 && startedAt + longest >= deadline) return;
    for (const group of shuffled(groups)) {
      for (const cell of shuffled(group)) await measure(cell);
    }
    longest = Math.max(longest, Date.now() - startedAt);
    console.log(`${part}, round ${round}: ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
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
