import { cookiesDifferences } from './expectations/cookies.js';
import { defaultsDifferences } from './expectations/defaults.js';
import { expressDifferences } from './expectations/express.js';
import { http2Differences } from './expectations/http2.js';
import { methodsDifferences } from './expectations/methods.js';
import { ownCookieDifferences } from './expectations/own-cookie.js';
import { proxiesDifferences } from './expectations/proxies.js';
import { responsesDifferences } from './expectations/responses.js';
import { savingDifferences } from './expectations/saving.js';
import { signingDifferences } from './expectations/signing.js';
import { storesDifferences } from './expectations/stores.js';
import { connections } from './scenarios/connections.js';
import { cookies } from './scenarios/cookies.js';
import { defaults } from './scenarios/defaults.js';
import { express } from './scenarios/express.js';
import { http2 } from './scenarios/http2.js';
import { methods } from './scenarios/methods.js';
import { ownCookie } from './scenarios/own-cookie.js';
import { proxies } from './scenarios/proxies.js';
import { responses } from './scenarios/responses.js';
import { saving } from './scenarios/saving.js';
import { signing } from './scenarios/signing.js';
import { stores } from './scenarios/stores.js';
import type { Expectations, Scenario } from './support/scenario.js';

/** Every scenario, and what is expected to differ, by the name of the file that runs it. */
export const topics: Readonly<Record<string, readonly [readonly Scenario[], Expectations]>> = {
  connections: [connections, {}],
  cookies: [cookies, cookiesDifferences],
  defaults: [defaults, defaultsDifferences],
  express: [express, expressDifferences],
  http2: [http2, http2Differences],
  methods: [methods, methodsDifferences],
  'own-cookie': [ownCookie, ownCookieDifferences],
  proxies: [proxies, proxiesDifferences],
  responses: [responses, responsesDifferences],
  saving: [saving, savingDifferences],
  signing: [signing, signingDifferences],
  stores: [stores, storesDifferences],
};
