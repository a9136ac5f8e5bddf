import type { Scenario, SharedOptions } from '../support/scenario.js';

type Headers = Record<string, string>;
const HTTPS: Headers = { 'x-forwarded-proto': 'https' };

function over(name: string, options: SharedOptions, headers: Headers = HTTPS): Scenario {
  const path = (at: string) => ({ path: at, headers });
  return { name, options, requests: [path('/count'), path('/look')] };
}

/** What X-Forwarded-Proto may say, as seen by `proxy: true` and a cookie that is Secure. */
const FORWARDED = [
  'https',
  'HTTPS',
  'http',
  'https,http',
  'http,https',
  ' https ',
  'https , http',
  'wss',
  '',
];

const TRUSTING: readonly [string, unknown, Headers][] = [
  ['trust proxy off, https', false, HTTPS],
  ['trust proxy on, https', true, HTTPS],
  ['trust proxy on, http', true, { 'x-forwarded-proto': 'http' }],
  ['trust proxy on, a list', true, { 'x-forwarded-proto': 'https, http' }],
  ['trust proxy loopback', 'loopback', HTTPS],
  ['trust proxy of another network', '10.0.0.0/8', HTTPS],
  ['trust proxy by hops', 1, HTTPS],
];

export const proxies: readonly Scenario[] = [
  ...FORWARDED.map((proto) =>
    over(
      `proxy true, X-Forwarded-Proto ${JSON.stringify(proto)}`,
      { proxy: true, cookie: { secure: true } },
      { 'x-forwarded-proto': proto },
    ),
  ),
  over('proxy true, no X-Forwarded-Proto', { proxy: true, cookie: { secure: true } }, {}),
  over('proxy false, X-Forwarded-Proto https', { proxy: false, cookie: { secure: true } }),
  over('proxy undefined, X-Forwarded-Proto https', { cookie: { secure: true } }),
  over('secure true over plain HTTP', { cookie: { secure: true } }, {}),
  over('secure auto over HTTPS', { proxy: true, cookie: { secure: 'auto' } }),
  over('secure auto over plain HTTP', { proxy: true, cookie: { secure: 'auto' } }, {}),
  over('secure false over HTTPS', { proxy: true, cookie: { secure: false } }),
  over('sameSite auto over HTTPS', { proxy: true, cookie: { secure: 'auto', sameSite: 'auto' } }),
  over(
    'sameSite auto over plain HTTP',
    { proxy: true, cookie: { secure: 'auto', sameSite: 'auto' } },
    {},
  ),
  over('sameSite none and secure over HTTPS', {
    proxy: true,
    cookie: { secure: true, sameSite: 'none' },
  }),
  over(
    'sameSite none and secure over plain HTTP',
    { proxy: true, cookie: { secure: true, sameSite: 'none' } },
    {},
  ),
  over('partitioned and secure over HTTPS', {
    proxy: true,
    cookie: { secure: true, partitioned: true },
  }),
  over('a __Host- name over HTTPS', { name: '__Host-sid', proxy: true, cookie: { secure: true } }),
  over('a __Secure- name over HTTPS', {
    name: '__Secure-sid',
    proxy: true,
    cookie: { secure: true },
  }),
  over('secure auto from a function, over HTTPS', {
    proxy: true,
    cookie: () => ({ secure: 'auto', sameSite: 'lax' }),
  }),
  over(
    'secure auto from a function, over plain HTTP',
    { proxy: true, cookie: () => ({ secure: 'auto', sameSite: 'lax' }) },
    {},
  ),
  over('sameSite auto from a function, over HTTPS', {
    proxy: true,
    cookie: () => ({ secure: true, sameSite: 'auto' }),
  }),
  over(
    'sameSite auto from a function, over plain HTTP',
    { proxy: true, cookie: () => ({ secure: false, sameSite: 'auto' }) },
    {},
  ),
  over('secure true from a function, over HTTPS', {
    proxy: true,
    cookie: () => ({ secure: true, sameSite: 'lax' }),
  }),
  over('sameSite none from a function, over HTTPS', {
    proxy: true,
    cookie: () => ({ secure: true, sameSite: 'none' }),
  }),
  {
    name: 'a session that began over HTTPS goes on over plain HTTP',
    options: { proxy: true },
    requests: [{ path: '/count', headers: HTTPS }, '/count', '/look'],
  },
  {
    name: 'a session that began over plain HTTP goes on over HTTPS',
    options: { proxy: true },
    requests: ['/count', { path: '/count', headers: HTTPS }, { path: '/look', headers: HTTPS }],
  },
  {
    name: 'a Secure cookie that did not travel: the session is stored all the same',
    options: { cookie: { secure: true } },
    requests: ['/count', '/count'],
  },
  ...TRUSTING.map(([name, trust, headers]): Scenario => ({
    name: `proxy undefined, ${name}`,
    on: ['express'],
    express: (app, session) => {
      app.set('trust proxy', trust);
      app.use(session);
    },
    requests: [
      { path: '/count', headers },
      { path: '/look', headers },
    ],
  })),
  {
    name: 'proxy false goes before trust proxy',
    on: ['express'],
    options: { proxy: false },
    express: (app, session) => {
      app.set('trust proxy', true);
      app.use(session);
    },
    requests: [{ path: '/count', headers: HTTPS }],
  },
];
