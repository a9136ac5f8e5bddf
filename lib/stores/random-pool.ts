import { randomFillSync } from 'node:crypto';

/** Random bytes for many draws at a time: what a draw costs hardly depends on how many there are. */
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
  return Buffer.from(pool.subarray(start, drawn)); // a copy: the pool is filled anew
}

/** Where bytes begin that nobody was given before. */
function draw(length: number): number {
  if (drawn + length > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += length;
  return drawn - length;
}
