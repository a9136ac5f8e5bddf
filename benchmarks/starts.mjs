// Does every start of an application cost the same? V8 decides once, early on, what it tenures.
//   node benchmarks/starts.mjs [--starts=12] [--apps=sesame-redis] [--routes=read,write] [--before=../checkout]
// The applications take turns, one start each.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { addCheckout, lineUp } from './harness/apps.mjs';
import { MAIN_SIZE } from './harness/cells.mjs';
import { LoadProcess } from './harness/load-process.mjs';
import { measured } from './harness/measurement.mjs';
import { Stage } from './harness/stage.mjs';
import { Visitors } from './harness/visitors.mjs';
import { installPeers } from './peers/peer.mjs';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '12' },
    apps: { type: 'string', default: lineUp.subject },
    routes: { type: 'string', default: 'read,write' },
    before: { type: 'string' },
  },
});
const CONNECTIONS = 32;
const WARM_UP = 25_000;
const MEASURED = 50_000;

if (values.before !== undefined) addCheckout(resolve(values.before));
await buildStale([ESM]);
installPeers();
const stage = await Stage.open();
const load = stage.keep(new LoadProcess());
try {
  for (let start = 1; start <= Number(values.starts); start += 1) {
    for (const name of values.apps.split(',')) await measure(name, start);
  }
} finally {
  stage.close();
}

async function measure(name, start) {
  const app = await stage.start(name);
  const visitors = new Visitors(app, MAIN_SIZE, CONNECTIONS);
  await visitors.seed();
  const run = (route, amount) => load.run(visitors, route, CONNECTIONS, amount);
  await run('write', WARM_UP);
  await run('read', WARM_UP);
  const told = [];
  for (const route of values.routes.split(',')) {
    const { cpu, p99, rss } = await measured(stage.meter, app, MEASURED, () =>
      run(route, MEASURED),
    );
    told.push(
      `${route} ${cpu.toFixed(0)} µs, p99 ${p99.toFixed(1)} ms, ${(rss / 1e6).toFixed(0)} MB`,
    );
  }
  console.log(`${name}, start ${start}: ${told.join('; ')}`);
  app.stop();
}
