// Several instances that write one session: does each of them get its share?
//   node benchmarks/instances.mjs [--instances=2,4,8] [--seconds=4] [--writers=16]
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { appNamed, lineUp } from './harness/apps.mjs';
import { AppProcess } from './harness/app-process.mjs';
import { send } from './harness/http-client.mjs';
import { exchangeFor, valueOf } from './harness/routes.mjs';
import { Stage } from './harness/stage.mjs';

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '2,4,8' },
    seconds: { type: 'string', default: '4' },
    writers: { type: 'string', default: '16' },
  },
});

await buildStale([ESM]);
const stage = await Stage.open();
try {
  await stage.start(lineUp.subject);
  const { list } = await stage.visitorsOf(lineUp.subject, 512, 1);
  for (const count of values.instances.split(',').map(Number))
    console.table(await measure(count, list[0]));
} finally {
  stage.close();
}

/** All instances at once, each with writers that send one request after the other. */
async function measure(count, visitor) {
  const apps = await Promise.all(
    Array.from({ length: count }, () =>
      AppProcess.start(appNamed(lineUp.subject), stage.redis.url),
    ),
  );
  const until = performance.now() + Number(values.seconds) * 1_000;
  const results = await Promise.all(apps.map(({ port }) => writeUntil(until, port, visitor)));
  for (const app of apps) app.stop();
  const total = results.reduce((sum, { latencies }) => sum + latencies.length, 0);
  return results.map(({ latencies, failures }, instance) => ({
    instances: count,
    instance,
    requests: latencies.length,
    'of its fair share': Number(((latencies.length * count) / total).toFixed(2)),
    'p99 ms': Number(
      latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)]?.toFixed(1),
    ),
    failed: failures,
  }));
}

async function writeUntil(until, port, visitor) {
  const latencies = [];
  let failures = 0;
  let written = 0;
  const write = async () => {
    while (performance.now() < until) {
      written += 1;
      const startedAt = performance.now();
      const exchange = exchangeFor('write', visitor, 'redis', valueOf(written));
      const { status, body } = await send(port, exchange);
      if (status !== 200 || body !== exchange.body) failures += 1;
      latencies.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: Number(values.writers) }, write));
  return { latencies, failures };
}
