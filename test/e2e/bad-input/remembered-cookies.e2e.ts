import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';

afterEach(closeServers);

const REQUESTS = 1_500;
const FILLING = 14_000;

/** Bytes of the heap that are in use. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node cannot be told to collect garbage');
  collect();
  return process.memoryUsage().heapUsed;
}

describe('the cookies remembered as verified', () => {
  it.each([
    ['as express-session encodes them', 'id', encodeURIComponent],
    ['as they are', 'id', String],
    ['of very long ids', 'i'.repeat(3_000), String],
  ])('keep no reference to the header they came in: %s', async (_how, prefix, encoded) => {
    const { origin } = await startServer({}, (_request, response) => response.end());
    const ask = async (index: number): Promise<void> => {
      const cookie = `connect.sid=${encoded(`s:${sign(`${prefix}${index}`, SECRET)}`)}`;
      const filling = 'x'.repeat(FILLING - cookie.length);
      await (await fetch(origin, { headers: { cookie: `${cookie}; a=${filling}` } })).text();
    };
    for (let index = 0; index < 100; index += 1) await ask(-index);
    const before = heapUsed();
    for (let index = 1; index <= REQUESTS; index += 1) await ask(index);
    const grown = heapUsed() - before;
    expect(grown).toBeLessThan((REQUESTS * FILLING) / 5);
  });
});
