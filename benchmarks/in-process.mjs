// What a request costs in one process, with real HTTP parsing and no network.
//   node benchmarks/in-process.mjs [--on=fastify] [--starts=3] [--before=../checkout]
// For comparing before and after a change. bench.mjs shows what a request costs with the kernel.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { startRedis } from './redis.mjs';

const { values } = parseArgs({
  options: {
    on: { type: 'string', default: 'express' },
    starts: { type: 'string', default: '3' },
    before: { type: 'string' },
  },
});
const here = fileURLToPath(new URL('..', import.meta.url));
const child = fileURLToPath(new URL('apps/in-process.mjs', import.meta.url));
const stores = ['none', 'memory', 'redis'];
const checkouts = [here, ...(values.before === undefined ? [] : [resolve(values.before)])];

await buildStale([ESM]);
const redis = await startRedis();
const rounds = new Map();
try {
  const env = { ...process.env, NODE_ENV: 'production', REDIS_URL: redis.url };
  for (let start = 0; start < Number(values.starts); start += 1) {
    for (const store of stores) {
      for (const checkout of store === 'none' ? [here] : checkouts) {
        const output = execFileSync(process.execPath, [child, checkout, values.on, store], { env });
        const name = checkout === here ? store : `${store}, before`;
        rounds.set(name, [...(rounds.get(name) ?? []), JSON.parse(output.toString())]);
      }
    }
  }
} finally {
  redis.stop();
}
for (const [name, starts] of rounds) {
  const figures = Object.keys(starts[0]).map((route) => {
    const sorted = starts.map((one) => one[route]).toSorted((a, b) => a - b);
    return `${route} ${sorted[sorted.length >> 1].toFixed(1)} (${sorted.map((one) => one.toFixed(1)).join(' ')})`;
  });
  console.log(`${name}, CPU µs: ${figures.join(', ')}`);
}
