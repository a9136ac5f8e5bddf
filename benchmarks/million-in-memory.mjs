// What very many sessions take in the memory store: bytes, pauses, and the sweep once they have expired.
//   npm run build && node --expose-gc --max-old-space-size=8000 benchmarks/million-in-memory.mjs [1000000]
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { MemorySessionStore } from 'nestjs-sesame';

const SESSIONS = Number(process.argv[2] ?? 1_000_000);
const SIZE = 512;
const AT_ONCE = 100;
const IDLE_TIMEOUT = 30 * 60_000;

let now = Date.now();
const store = new MemorySessionStore({ max: SESSIONS, clock: () => now });
const before = used();
report('created', await timed(create), SESSIONS);
console.log(`${Math.round((used() - before) / SESSIONS)} bytes each, with a record of ${SIZE}`);
report('read', await timed(read), SESSIONS);
now += 2 * IDLE_TIMEOUT;
report('swept', await timed(swept), SESSIONS);
console.log(`${Math.round((used() - before) / SESSIONS)} bytes each are left`);
await store.close();

async function create() {
  for (let one = 0; one < SESSIONS; one += 1) {
    const head = `{"_sesame":{"seenAt":${now},"createdAt":${now}},"cookie":{},"data":"`;
    const payload = `${head}${String(one).padEnd(SIZE - head.length - 2, 'x')}"}`;
    await store.create(keyOf(one), { payload, expiresAt: now + IDLE_TIMEOUT });
    if (one % AT_ONCE === 0) await turn();
  }
}

async function read() {
  for (let one = 0; one < SESSIONS; one += 1) {
    if ((await store.read(keyOf(one))) === undefined) throw new Error(`session ${one} is gone`);
    if (one % AT_ONCE === 0) await turn();
  }
}

async function swept() {
  while (!store.records.isEmpty) await pause(200);
}

/** How long it takes, and for how long the event loop is blocked meanwhile. */
async function timed(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const startedAt = performance.now();
  delay.enable();
  await work();
  delay.disable();
  const { max } = delay;
  return { seconds: (performance.now() - startedAt) / 1_000, max: max / 1e6 };
}

function report(what, { seconds, max }, count) {
  const each = ((seconds * 1e6) / count).toFixed(1);
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${each} µs each, longest block ${max.toFixed(0)} ms`,
  );
}

function used() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function keyOf(one) {
  return createHash('sha256').update(String(one)).digest('base64url');
}
