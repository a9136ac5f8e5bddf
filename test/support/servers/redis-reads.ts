import type { Redis } from 'ioredis';

/**
 * How often these servers find something to read on their connections while `ask` runs once: the
 * fewest of some attempts, since the kernel sometimes hands over one write in two parts.
 */
export async function fewestReads(
  observers: readonly Redis[],
  ask: () => Promise<unknown>,
): Promise<number> {
  const attempts: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const before = await readsSoFar(observers);
    await ask();
    // The question after it was read, too.
    attempts.push((await readsSoFar(observers)) - before - observers.length);
  }
  return Math.min(...attempts);
}

async function readsSoFar(observers: readonly Redis[]): Promise<number> {
  const counts = observers.map(async (observer) => {
    const found = /total_reads_processed:(\d+)/.exec(await observer.info('stats'));
    return Number(found?.[1]);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
