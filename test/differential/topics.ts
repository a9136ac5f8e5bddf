import { connections } from './scenarios/connections.js';
import { cookies } from './scenarios/cookies.js';
import { defaults } from './scenarios/defaults.js';
import { express } from './scenarios/express.js';
import { http2 } from './scenarios/http2.js';
import { methods } from './scenarios/methods.js';
import { otherOrigins } from './scenarios/other-origins.js';
import { ownCookie } from './scenarios/own-cookie.js';
import { proxies } from './scenarios/proxies.js';
import { responses } from './scenarios/responses.js';
import { saving } from './scenarios/saving.js';
import { signing } from './scenarios/signing.js';
import { stores } from './scenarios/stores.js';
import type { Scenario } from './support/scenario.js';

/** Every scenario, by the name of the file that runs it. */
export const topics: Readonly<Record<string, readonly Scenario[]>> = {
  connections,
  cookies,
  defaults,
  express,
  http2,
  methods,
  'other-origins': otherOrigins,
  'own-cookie': ownCookie,
  proxies,
  responses,
  saving,
  signing,
  stores,
};
