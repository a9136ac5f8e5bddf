import { hash } from 'node:crypto';
import { MemorySessionStore } from 'nestjs-sesame';

/** How many sessions, half of them of users, each with so many characters. */
const SESSIONS = 4_000;
const SIZE = 2_000;
const HOUR = 3_600_000;

/** What gives memory back: the writes of others, or the timer when nobody writes. */
const { GIVEN_BACK_BY: by } = process.env;

let now = Date.now();
const store = new MemorySessionStore({ clock: () => now });

/** A text cut out of another, as from a header, which V8 keeps as a part of that one. */
function cut(text: string): string {
  const whole = Buffer.from(`${text}${'x'.repeat(2 * SIZE)}`).toString();
  return whole.slice(0, text.length);
}

async function sessions(name: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const key = cut(hash('sha256', `${name} ${n}`, 'base64url'));
    const expiresAt = now + HOUR;
    const user = cut(`the user of ${name} ${n}`);
    if (n % 2 === 0) await store.users.add(user, { key, expiresAt });
    await store.create(key, { payload: cut(`${name} ${'x'.repeat(SIZE)}`), expiresAt });
  }
}

/** What is in use once nothing more is given back, as what loading the library took is at first. */
async function heap(): Promise<number> {
  let [least, unchanged] = [Infinity, 0];
  while (unchanged < 5) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, external } = process.memoryUsage();
    unchanged = heapUsed + external < least - 1_000 ? 0 : unchanged + 1;
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

await sessions('warm', 100);
const before = await heap();
await sessions('held', SESSIONS);
const held = (await heap()) - before;
now += HOUR;
// A quarter of them, since each gives back more than it adds; these are small.
if (by === 'writes') {
  for (let n = 0; n < SESSIONS / 4 + 100; n += 1) {
    await store.put('another', { payload: '{}', expiresAt: now + HOUR });
  }
} else {
  const deadline = Date.now() + 30_000;
  while ((await heap()) - before > held / 10 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
console.log(JSON.stringify({ held: held / SESSIONS, left: ((await heap()) - before) / SESSIONS }));
