import type { Scenario } from '../support/scenario.js';
import { again, known } from './parts.js';

/** A request of a client that already has a session, from wherever these headers say. */
function from(name: string, headers: Record<string, string>, method = 'POST'): Scenario {
  const requests = [known('/count', { method, headers }), again('/look')];
  return { name: `another origin: ${name}`, requests };
}

const CROSS_SITE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

export const otherOrigins: readonly Scenario[] = [
  from('a POST of another site', CROSS_SITE),
  from('a POST of the same site', { ...CROSS_SITE, 'sec-fetch-site': 'same-site' }),
  from('a POST that tells its origin alone', { origin: 'https://evil.example' }),
  from('a DELETE of another site', CROSS_SITE, 'DELETE'),
  from('a GET of another site', CROSS_SITE, 'GET'),
  from('a POST of its own', { 'sec-fetch-site': 'same-origin' }),
  from('a POST that hides its origin', { origin: 'null' }),
  {
    name: 'another origin: a POST without the cookie',
    requests: [{ path: '/count', method: 'POST', headers: CROSS_SITE }, '/count'],
  },
];
