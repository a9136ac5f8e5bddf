import { Logger } from '@nestjs/common';
import { FuzzRun, tell } from './fuzz-run.js';

/**
 * Runs in a process of its own, so that a crash is a crash: an exception or a rejection that nobody
 * catches ends it. FUZZ_REQUESTS says how many requests, FUZZ_SEED repeats a run.
 */
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 3_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_007);
const parallel = Number(process.env['FUZZ_PARALLEL'] ?? 40);

/** How often to look, every 10 ms: for longer than the servers' stores may take. */
const PATIENCE = 300;

/** How much the heap may grow after the first third, in bytes. */
const MAX_GROWTH = 24 * 2 ** 20;

process.on('exit', (code) => {
  if (code !== 0) console.error(`To see it again: FUZZ_SEED=${seed} FUZZ_REQUESTS=${requests}`);
});
Logger.overrideLogger(false);

/** What is left open for good. Storing for a client that has left may take as long as a store takes. */
async function leftOver(): Promise<string[]> {
  for (let turn = 0; ; turn += 1) {
    const open = process.getActiveResourcesInfo();
    const left = open.filter((one) => one !== 'PipeWrap' && one !== 'TTYWrap');
    if (left.length === 0 || turn === PATIENCE) return left;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const names = Object.getOwnPropertyNames(Object.prototype).join();
const run = new FuzzRun(seed, parallel);
const started = Date.now();
await run.start();
const heaps: number[] = [];
for (let part = 0; part < 10; part += 1) {
  await run.send(Math.ceil(requests / 10));
  globalThis.gc?.();
  heaps.push(process.memoryUsage().heapUsed);
}
await run.stop();

if (run.problems.length > 0) {
  for (const problem of run.problems) console.error(`${tell(problem)}\n`);
  process.exit(1);
}
if (Object.getOwnPropertyNames(Object.prototype).join() !== names) {
  throw new Error('Object.prototype was polluted');
}
const [warm = 0, last = 0] = [heaps[3], heaps.at(-1)];
if (last - warm > MAX_GROWTH) throw new Error(`the heap grew: ${heaps.join(' ')}`);

console.log(
  JSON.stringify({
    seed,
    requests,
    seconds: (Date.now() - started) / 1_000,
    statuses: Object.fromEntries(run.statuses),
    heapMegabytes: heaps.map((heap) => Math.round(heap / 2 ** 20)),
    rssMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
    left: await leftOver(),
  }),
);
