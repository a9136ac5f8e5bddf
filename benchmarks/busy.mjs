// One session that many requests write at once: what a load generator with one cookie does.
//   node benchmarks/busy.mjs [--rounds=3] [--seconds=2] [--sizes=512,102400] [--writers=8,32,128,256]
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { lineUp } from './harness/apps.mjs';
import { shuffled } from './harness/cells.mjs';
import { send } from './harness/http-client.mjs';
import { exchangeFor, valueOf } from './harness/routes.mjs';
import { Stage } from './harness/stage.mjs';
import { WrongAnswer } from './harness/visitors.mjs';
import { installPeers, peer } from './peers/peer.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    sizes: { type: 'string', default: '512,102400' },
    writers: { type: 'string', default: '8,32,128,256' },
  },
});
const numbers = (text) => text.split(',').map(Number);

/** How many requests are counted by MONITOR, which slows Redis down. */
const COUNTED = 512;

installPeers();
await buildStale([ESM]);
const autocannon = peer('autocannon');
const stage = await Stage.open();
try {
  const cases = numbers(values.sizes).flatMap((size) =>
    numbers(values.writers).flatMap((writers) =>
      [lineUp.peer, lineUp.subject].map((app) => ({ size, writers, app, rounds: [] })),
    ),
  );
  for (const app of [lineUp.peer, lineUp.subject]) await stage.start(app);
  for (const one of cases) one.commands = await commandsPerRequest(one);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const one of shuffled(cases)) one.rounds.push(await measure(one));
  }
  console.table(cases.map(lineOf));
} finally {
  stage.close();
}

/** Writers that share one session, and somebody else who reads another one beside them. */
async function measure({ app, size, writers }) {
  const [shared, other] = (await stage.visitorsOf(app, size, 2)).list;
  const { port } = stage.apps.get(app);
  const load = { isOver: false };
  const { result, bytes } = await stage.meter.bytesDuring(async () => {
    const running = write(app, port, shared, writers, { duration: Number(values.seconds) });
    const others = [];
    const reading = (async () => {
      while (!load.isOver) {
        const startedAt = performance.now();
        await send(port, exchangeFor('read', other, 'redis', valueOf(0)));
        others.push(performance.now() - startedAt);
      }
    })();
    const loaded = await running;
    load.isOver = true;
    await reading;
    return { ...loaded, others: median(others) };
  });
  return { ...result, bytes: bytes / result.requests };
}

async function commandsPerRequest({ app, size, writers }) {
  const [shared] = (await stage.visitorsOf(app, size, 2)).list;
  const { port } = stage.apps.get(app);
  const { commands, result } = await stage.meter.commandsDuring(() =>
    write(app, port, shared, writers, { amount: COUNTED }),
  );
  return commands / result.requests;
}

/** Every body is compared with the one right answer; an answer of another status has failed. */
async function write(app, port, visitor, writers, extent) {
  const latencies = [];
  let failures = 0;
  let count = 0;
  const next = () => {
    count += 1;
    const { method, path, body, cookie } = exchangeFor('write', visitor, 'redis', valueOf(count));
    const onResponse = (status, answer) => {
      if (status !== 200) failures += 1;
      else if (answer !== body) throw new WrongAnswer(`${app}: ${answer} for ${body}`);
    };
    return { method, path, headers: { cookie }, onResponse };
  };
  const setupClient = (client) => client.setRequests(Array.from({ length: 64 }, next));
  const startedAt = performance.now();
  const instance = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: writers,
    sampleInt: 20,
    timeout: 60,
    setupClient,
    ...extent,
  });
  instance.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const { errors, timeouts } = await instance;
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((one, another) => one - another);
  return {
    requests: latencies.length,
    rps: latencies.length / seconds,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    failures: failures + errors + timeouts,
  };
}

function lineOf({ app, size, writers, commands, rounds }) {
  const of = (name) => median(rounds.map((round) => round[name] ?? Number.NaN));
  return {
    bytes: size,
    writers,
    app,
    'requests/s': Math.round(of('rps')),
    'p50 ms': Number(of('p50').toFixed(1)),
    'p99 ms': Number(of('p99').toFixed(1)),
    failed: rounds.reduce((sum, { failures }) => sum + failures, 0),
    commands: Number(commands.toFixed(2)),
    'Redis bytes': Math.round(of('bytes')),
    'others p50 ms': Number(of('others').toFixed(1)),
  };
}

function median(list) {
  return list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)];
}
