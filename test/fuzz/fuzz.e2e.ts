import { expect, it } from '@jest/globals';
import { runChild } from './run-child.js';

/**
 * On Node's own server and on Fastify. What must hold is checked in fuzz-run.ts; a failure names the
 * seed. `npm run fuzz` sends 200,000 requests; FUZZ_SEED, FUZZ_REQUESTS and FUZZ_PARALLEL choose another.
 */
it('survives random cookies, records, handlers and clients, and mixes up no sessions', async () => {
  const requests = process.env['FUZZ_REQUESTS'] ?? '4000';
  const figures = await runChild(new URL('main.ts', import.meta.url), { FUZZ_REQUESTS: requests });
  expect(figures).toMatchObject({ requests: Number(requests), left: [] });
});
