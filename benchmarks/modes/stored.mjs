// Whether a request costs more when Redis holds more sessions.
import { randomBytes } from 'node:crypto';
import { contentOf } from '../apps/content.mjs';
import { lineUp } from '../harness/apps.mjs';
import { groupsOf } from '../harness/cases.mjs';
import { MAIN_SIZE, shuffled, visitorsFor } from '../harness/cells.mjs';
import { LoadProcess } from '../harness/load-process.mjs';
import { Measurement } from '../harness/measurement.mjs';
import { Stage } from '../harness/stage.mjs';
import { summarise } from '../harness/summary.mjs';
import { installPeers } from '../peers/peer.mjs';
import { writeStored } from '../report/report.mjs';

const ROUNDS = 9;
const AMOUNT = 800;
const BATCH = 10_000;
const APPS = [lineUp.baseline, lineUp.peer, lineUp.subject];

export async function stored({ stored: counts, rounds }) {
  installPeers();
  const stage = await Stage.open();
  try {
    const load = stage.keep(new LoadProcess());
    const measurement = new Measurement(load, stage.meter);
    const groups = groupsOf({ apps: APPS, routes: ['read', 'write'], cases: ['tables'] });
    for (const name of APPS) await stage.start(name);
    const visitorsOf = ({ app }) => stage.visitorsOf(app, MAIN_SIZE, visitorsFor(MAIN_SIZE));
    for (const cell of groups.flat()) {
      await measurement.warmUp([cell.route], await visitorsOf(cell));
    }
    const results = [];
    for (const count of counts.toSorted((a, b) => a - b)) {
      console.log(`Filling Redis up to ${count.toLocaleString('en')} sessions ...`);
      await fill(stage.redis.client, count);
      for (const cell of groups.flat()) cell.rounds = [];
      for (let round = 0; round < Math.min(rounds, ROUNDS); round += 1) {
        for (const cell of shuffled(groups).flatMap(shuffled)) {
          cell.rounds.push(await measurement.time(cell, await visitorsOf(cell), AMOUNT));
        }
      }
      results.push({ count, lines: summarise(groups.flat()) });
    }
    await writeStored(results);
  } finally {
    stage.close();
  }
}

async function fill(client, count) {
  const cookie = { originalMaxAge: null, httpOnly: true, path: '/' };
  const record = JSON.stringify({ cookie, ...contentOf(0, MAIN_SIZE) });
  for (let left = count - (await client.dbsize()); left > 0; left -= BATCH) {
    const pipeline = client.pipeline();
    for (let one = 0; one < Math.min(BATCH, left); one += 1) {
      pipeline.set(`sess:${randomBytes(32).toString('base64url')}`, record, 'PX', 3_600_000);
    }
    await pipeline.exec();
  }
}
