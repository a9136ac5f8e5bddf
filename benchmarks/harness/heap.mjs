// What a process keeps in memory.
import { setTimeout as pause } from 'node:timers/promises';

/** Bytes on the heap after garbage collection, plus what typed arrays hold outside it. Needs --expose-gc. */
export async function heapInUse() {
  for (let turn = 0; turn < 3; turn += 1) {
    await pause(50);
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
