import type { Scenario, SharedOptions } from '../support/scenario.js';
import { known, again } from './parts.js';

/** Options that one side may refuse before it starts. */
function starting(name: string, options: SharedOptions): Scenario {
  return { name: `options: ${name}`, options, requests: [] };
}

const HTTPS = { 'x-forwarded-proto': 'https' };
const byDefault = (
  name: string,
  requests: Scenario['requests'],
  options: SharedOptions = {},
): Scenario => ({
  name: `by its own defaults: ${name}`,
  ownDefaults: true,
  options,
  requests,
});

export const defaults: readonly Scenario[] = [
  byDefault('a new session', ['/count', '/count']),
  byDefault('a new session that is untouched', ['/untouched']),
  byDefault('over HTTPS', [{ path: '/count', headers: HTTPS }], { proxy: true }),
  byDefault('a stored session that is only read', [known('/look'), again('/look')]),
  starting('no secret', { secret: undefined }),
  starting('an empty secret', { secret: '' }),
  starting('an empty array of secrets', { secret: [] }),
  starting('a secret that is no text', { secret: 7 }),
  starting('a genid that is no function', { genid: 'id' }),
  starting('an unset that is unknown', { unset: 'forget' }),
  starting('a name that is no cookie name', { name: 'my sid' }),
  starting('the older name of name', { key: 'sid' }),
  starting('an option that nobody knows', { colour: 'red' }),
  starting('sameSite none without Secure', { cookie: { sameSite: 'none' } }),
  starting('partitioned without Secure', { cookie: { partitioned: true } }),
  starting('a sameSite that is unknown', { cookie: { sameSite: 'loose' } }),
  starting('a priority that is unknown', { cookie: { priority: 'urgent' } }),
  starting('a path with a semicolon', { cookie: { path: '/a;b' } }),
  starting('a domain that is none', { cookie: { domain: 'a b' } }),
  starting('a maxAge of zero', { cookie: { maxAge: 0 } }),
  starting('a maxAge below zero', { cookie: { maxAge: -1 } }),
  {
    name: 'options: a maxAge as text',
    options: { cookie: { maxAge: '7d' } },
    requests: ['/count', '/look'],
  },
  starting('a maxAge as a Date', { cookie: { maxAge: new Date(Date.now() + 60_000) } }),
  starting('expires', { cookie: { expires: new Date(Date.now() + 60_000) } }),
  starting('an originalMaxAge', { cookie: { originalMaxAge: 60_000 } }),
  starting('encode', { cookie: { encode: (value: string) => value } }),
  starting('a __Host- name that is not Secure', { name: '__Host-sid' }),
  starting('a store that is none', { store: {} }),
  starting('resave as text', { resave: 'yes' }),
  starting('resave', { resave: false }),
];
