// What a session costs with Sesame and with the packages beside it. See README.md in this folder.
//   node benchmarks/bench.mjs [--quick] [--minutes=12] [--starts=3] [--rounds=N] [--apps=a,b] [--routes=a,b]
//   node benchmarks/bench.mjs --cases=tables,sealed,lone,busy,sizes     (some of them; all by default)
//   node benchmarks/bench.mjs --on=fastify     (Nest on Fastify; Express is the default)
//   node benchmarks/bench.mjs --stored=1000,1000000
//   node benchmarks/bench.mjs --before=../checkout   (the applications with Sesame of both)
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { addCheckout, chooseLineUp } from './harness/apps.mjs';
import { CASES } from './harness/cases.mjs';
import { WrongAnswer } from './harness/visitors.mjs';

const list = { type: 'string', default: '' };
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '12' },
    starts: { type: 'string', default: '3' },
    rounds: { type: 'string' },
    apps: list,
    routes: list,
    cases: list,
    on: { type: 'string', default: 'express' },
    stored: list,
    before: list,
  },
});
const split = (text) => text.split(',').filter(Boolean);
const options = {
  apps: split(values.apps),
  routes: split(values.routes),
  cases: split(values.cases),
  minutes: Number(values.minutes),
  starts: Number(values.starts),
  rounds: values.rounds === undefined ? Number.POSITIVE_INFINITY : Number(values.rounds),
  stored: split(values.stored).map(Number),
};

const unknown = options.cases.filter((name) => !CASES.includes(name));
if (unknown.length > 0) throw new Error(`No case is named ${unknown}: choose from ${CASES}.`);

chooseLineUp(values.on);
if (values.before !== '') addCheckout(resolve(values.before));
await buildStale([ESM]);
try {
  if (values.quick) await (await import('./modes/quick.mjs')).quick(options);
  else if (options.stored.length > 0) await (await import('./modes/stored.mjs')).stored(options);
  else await (await import('./modes/full.mjs')).full(options);
} catch (error) {
  console.error(error instanceof WrongAnswer ? `WRONG ANSWER: ${error.message}` : error);
  process.exitCode = 1;
}
