// Where an application spends its time under one route, and what it allocates there.
//   node benchmarks/profile.mjs --app=sesame-redis --route=read [--seconds=5] [--only=nestjs-sesame/]
//   node benchmarks/profile.mjs --app=sesame-redis --route=read --by=package
// Each function is charged for what Node does for it. Shares are reliable on a busy machine, times are not.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { MAIN_CONNECTIONS, MAIN_SIZE, visitorsFor } from './harness/cells.mjs';
import { LoadProcess } from './harness/load-process.mjs';
import { Measurement } from './harness/measurement.mjs';
import { Stage } from './harness/stage.mjs';
import { installPeers } from './peers/peer.mjs';

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: 'sesame-redis' },
    route: { type: 'string', default: 'read' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    by: { type: 'string', default: 'function' },
  },
});
const TOP = 40;

/** `dispatch` is the profiler itself. */
const UNCOUNTED = new Set(['(idle)', '(program)', 'dispatch']);
const AT_ONCE = 400;
const root = fileURLToPath(new URL('..', import.meta.url));

await buildStale([ESM]);
installPeers();
const stage = await Stage.open();
try {
  const app = await stage.start(values.app);
  const load = stage.keep(new LoadProcess());
  const visitors = await stage.visitorsOf(values.app, MAIN_SIZE, visitorsFor(MAIN_SIZE));
  const { route } = values;
  await new Measurement(load, stage.meter).warmUp([route], visitors);
  await visitors.comeAgainIfDue();
  await app.ask('startProfile');
  const deadline = Date.now() + Number(values.seconds) * 1_000;
  let requests = 0;
  while (Date.now() < deadline) {
    await load.run(visitors, route, MAIN_CONNECTIONS, AT_ONCE);
    requests += AT_ONCE;
  }
  const { time, allocations } = await app.ask('stopProfile');
  console.log(`# ${values.app}, ${route}\n\nTime, µs per request\n`);
  print(chargesOfTime(time), requests);
  console.log('\nAllocation, bytes per request\n');
  print(chargesOfAllocations(allocations), requests);
} finally {
  stage.close();
}

function chargesOfTime({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((one) => [one, id])),
  );
  const charges = [];
  for (const [index, id] of samples.entries()) {
    const { functionName } = byId.get(id).callFrame;
    if (UNCOUNTED.has(functionName)) continue;
    let node = id;
    while (node !== undefined && isOfNode(byId.get(node).callFrame)) node = parents.get(node);
    const frame = byId.get(node ?? id).callFrame;
    charges.push([nameOf(frame), timeDeltas[index]]);
  }
  return charges;
}

function chargesOfAllocations({ head }) {
  const charges = [];
  const visit = ({ callFrame, selfSize, children }, owner) => {
    const charged = isOfNode(callFrame) ? owner : nameOf(callFrame);
    charges.push([charged ?? nameOf(callFrame), selfSize]);
    for (const child of children) visit(child, charged);
  };
  visit(head);
  return charges;
}

function isOfNode({ url }) {
  return url === '' || url.startsWith('node:');
}

function nameOf({ functionName, url, lineNumber }) {
  const file = url
    .replace('file://', '')
    .replace(/.*node_modules\//, '')
    .replace(root, 'nestjs-sesame/');
  if (values.by === 'package') return packageOf(file) ?? functionName;
  return `${functionName || '(anonymous)'}  ${file}:${lineNumber + 1}`;
}

function packageOf(file) {
  if (file.startsWith('nestjs-sesame/benchmarks')) return 'the benchmark itself';
  return /^(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

function print(charges, requests) {
  const sums = new Map();
  let total = 0;
  for (const [name, charge] of charges) {
    sums.set(name, (sums.get(name) ?? 0) + charge);
    total += charge;
  }
  const line = (name, sum) => {
    const share = ((100 * sum) / total).toFixed(1).padStart(5);
    console.log(`${share} %  ${(sum / requests).toFixed(1).padStart(8)}  ${name}`);
  };
  line('everything', total);
  const shown = [...sums].filter(([name]) => name.includes(values.only));
  line(
    `all of the following kind: ${values.only}`,
    shown.reduce((sum, [, own]) => sum + own, 0),
  );
  for (const [name, sum] of shown.toSorted((a, b) => b[1] - a[1]).slice(0, TOP)) line(name, sum);
}
