import { randomFillSync } from 'node:crypto';

/** Random bytes for many draws at a time: getting many at once costs hardly more than getting a few. */
const pool = Buffer.alloc(12 * 1024);
let drawn = pool.length;

/** Random bytes in base64url, from the system's CSPRNG. */
export function randomText(length: number): string {
  const start = draw(length);
  return pool.toString('base64url', start, drawn);
}

/** Random bytes from the system's CSPRNG. */
export function randomBuffer(length: number): Buffer {
  const start = draw(length);
  return Buffer.from(pool.subarray(start, drawn)); // a copy, since the pool is refilled
}

/** Returns where bytes begin that have been given to nobody yet. */
function draw(length: number): number {
  if (drawn + length > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += length;
  return drawn - length;
}
