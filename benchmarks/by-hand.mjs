// What anyone would measure by pointing a load generator with one cookie at an application.
//   node benchmarks/by-hand.mjs                  autocannon, and the session cost beside the main harness's
//   node benchmarks/by-hand.mjs --wait           prints commands for wrk, and keeps serving
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { lineUp } from './harness/apps.mjs';
import { MAIN_CONNECTIONS, MAIN_SIZE, shuffled } from './harness/cells.mjs';
import { Stage } from './harness/stage.mjs';
import { installPeers } from './peers/peer.mjs';

const { values } = parseArgs({
  options: {
    wait: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: String(MAIN_CONNECTIONS) },
  },
});
const AUTOCANNON = fileURLToPath(
  new URL('peers/node_modules/autocannon/autocannon.js', import.meta.url),
);
const { baseline: BASELINE, peer: PEER, subject: SUBJECT } = lineUp;
const NAMES = [BASELINE, PEER, SUBJECT];
// A write needs a new value each time, or it is not stored: the full run's busy session does that.
const ROUTES = ['untouched', 'read'];
const WARM_UP_SECONDS = '5';

await buildStale([ESM]);
installPeers();
const stage = await Stage.open();
try {
  const targets = new Map();
  for (const name of NAMES) {
    const { port } = await stage.start(name);
    const visitors = await stage.visitorsOf(name, MAIN_SIZE, 1);
    const [visitor] = visitors.list;
    for (const route of ROUTES) await visitors.check(route, visitor);
    targets.set(name, { url: `http://127.0.0.1:${port}`, cookie: visitor.cookie });
  }
  if (values.wait) await serve(targets);
  else await measure(targets);
} finally {
  stage.close();
}

async function serve(targets) {
  for (const [name, { url, cookie }] of targets) {
    console.log(`\n# ${name}`);
    const header = cookie === '' ? '' : ` -H 'Cookie: ${cookie}'`;
    for (const route of ROUTES) {
      console.log(`wrk -t1 -c${values.connections} -d10s${header} ${url}/${route}`);
    }
  }
  console.log('\nServing. Ctrl+C ends it.');
  await once(process, 'SIGINT');
}

async function measure(targets) {
  const cases = ROUTES.flatMap((route) => NAMES.map((name) => ({ route, name })));
  for (const one of cases) await load(targets, one, WARM_UP_SECONDS);
  const found = new Map(cases.map((one) => [keyOf(one), []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const one of shuffled(cases)) {
      const app = stage.apps.get(one.name);
      const before = await app.usage();
      const { requests, latency, errors, non2xx } = await load(targets, one, values.seconds);
      const { cpu } = await app.usage();
      if (errors + non2xx > 0) throw new Error(`${keyOf(one)}: ${errors + non2xx} failed`);
      const figures = { rps: requests.average, cpu: (cpu - before.cpu) / requests.total };
      found.get(keyOf(one)).push({ ...figures, p99: latency.p99 });
    }
  }
  print(found);
}

function print(found) {
  console.log(`One cookie, ${values.connections} connections, autocannon's command line\n`);
  console.log(
    '| route | application | CPU µs | of express-session’s session cost | requests/s | p99 ms |',
  );
  console.log('| --- | --- | ---: | ---: | ---: | ---: |');
  for (const route of ROUTES) {
    const of = (name) => found.get(keyOf({ route, name }));
    const costs = (name) => of(name).map(({ cpu }, round) => cpu - of(BASELINE)[round].cpu);
    for (const name of NAMES) {
      const shares = costs(name).map((cost, round) => cost / costs(PEER)[round]);
      const share = name === SUBJECT ? median(shares).toFixed(2) : '';
      const figure = (what, digits) => median(of(name).map((one) => one[what])).toFixed(digits);
      console.log(
        `| ${route} | ${name} | ${figure('cpu', 0)} | ${share} | ${figure('rps', 0)} | ${figure('p99', 0)} |`,
      );
    }
  }
}

async function load(targets, { name, route }, seconds) {
  const { url, cookie } = targets.get(name);
  const header = cookie === '' ? [] : ['-H', `Cookie=${cookie}`];
  const args = ['-j', '-c', values.connections, '-d', seconds, ...header, `${url}/${route}`];
  const child = spawn(process.execPath, [AUTOCANNON, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

function keyOf({ name, route }) {
  return `${name} ${route}`;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
