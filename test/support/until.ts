import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is yes; throws if that takes too long. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  deadline = 10_000,
): Promise<void> {
  const end = Date.now() + deadline;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not come to pass within ${deadline} ms`);
    await pause(10);
  }
}
