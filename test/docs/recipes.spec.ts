import { afterAll, beforeAll } from '@jest/globals';
import { Consumer } from './consumer.js';
import { testBrowsers } from './recipes/browsers.js';
import { testMoving } from './recipes/moving.js';
import { testPresets } from './recipes/presets.js';
import { testRequests } from './recipes/requests.js';
import { testSignIn } from './recipes/sign-in.js';

let consumer: Consumer | undefined;

beforeAll(() => {
  consumer = new Consumer();
}, 60_000);

afterAll(() => consumer?.remove());

/** The library is built once for all pages. */
function built(): Consumer {
  if (consumer === undefined) throw new Error('The library is not built yet.');
  return consumer;
}

testSignIn(built);
testBrowsers(built);
testRequests(built);
testPresets(built);
testMoving(built);
