import type { Scenario, SharedOptions } from '../support/scenario.js';

const DAY = 24 * 3_600_000;

/** The cookie given as an object, and as a function that returns that object. */
function bothWays(name: string, cookie: SharedOptions, more: Partial<Scenario> = {}): Scenario[] {
  const requests = ['/count', '/look'];
  return [
    { name: `cookie ${name}`, options: { cookie }, requests, ...more },
    {
      name: `cookie ${name}, from a function`,
      options: { cookie: () => ({ secure: false, sameSite: 'lax', ...cookie }) },
      requests,
      ...more,
    },
  ];
}

export const cookies: readonly Scenario[] = [
  { name: 'a new session', requests: ['/count', '/count', '/look'] },
  { name: 'name', options: { name: 'sid' }, requests: ['/count', '/count'] },
  {
    name: 'name with every odd token character',
    options: { name: "a!#$%&'*+-.^_`|~z" },
    requests: ['/count', '/count'],
  },
  {
    name: 'a name that is part of another cookie name',
    requests: ['/count', { path: '/look', cookie: 'xconnect.sid=1; connect.sidx=2' }],
  },
  ...bothWays('without attributes', {}),
  ...bothWays('path /', { path: '/' }),
  ...bothWays(
    'path /admin, inside',
    { path: '/admin' },
    { requests: ['/admin', '/admin/count', '/admin/x/count', '/admin/look?x=/'] },
  ),
  ...bothWays(
    'path /admin, outside',
    { path: '/admin' },
    { requests: ['/count', '/', '/adm', '/xadmin'] },
  ),
  ...bothWays(
    'path /admin, beside at /administrator',
    { path: '/admin' },
    { requests: ['/administrator/count'] },
  ),
  ...bothWays(
    'path /admin/ with a slash',
    { path: '/admin/' },
    { requests: ['/admin/count', '/admin/', '/admin'] },
  ),
  ...bothWays('domain', { domain: 'example.com' }),
  ...bothWays('domain with a dot', { domain: '.example.com' }),
  ...bothWays('httpOnly true', { httpOnly: true }),
  ...bothWays('httpOnly false', { httpOnly: false }),
  ...bothWays('secure false', { secure: false }),
  ...bothWays('sameSite true', { sameSite: true }),
  ...bothWays('sameSite false', { sameSite: false }),
  ...bothWays('sameSite lax', { sameSite: 'lax' }),
  ...bothWays('sameSite strict', { sameSite: 'strict' }),
  ...bothWays('priority low', { priority: 'low' }),
  ...bothWays('priority medium', { priority: 'medium' }),
  ...bothWays('priority high', { priority: 'high' }),
  ...bothWays('partitioned false', { partitioned: false }),
  ...bothWays('maxAge null', { maxAge: null }),
  ...bothWays(
    'maxAge of a minute',
    { maxAge: 60_000 },
    { requests: ['/count', '/count', '/look'] },
  ),
  ...bothWays(
    'maxAge of thirty days',
    { maxAge: 30 * DAY },
    { requests: ['/count', '/count', '/untouched', '/look'] },
  ),
  ...bothWays(
    'all attributes together',
    {
      path: '/shop',
      domain: 'example.com',
      httpOnly: false,
      sameSite: 'strict',
      priority: 'high',
      maxAge: DAY,
    },
    { requests: ['/shop/count', '/shop/look'] },
  ),
  {
    name: 'the lifetime of a cookie, in full',
    options: { cookie: { maxAge: 60_000 } },
    requests: ['/count'],
    exactly: ['max-age'],
  },
  {
    name: 'a cookie function that looks at the request',
    options: {
      cookie: ({ url }: { url: string }) => ({
        secure: false,
        sameSite: 'lax',
        ...(url.startsWith('/kiosk') && { maxAge: 60_000 }),
      }),
    },
    requests: ['/kiosk/count', '/kiosk/look'],
  },
  {
    name: 'a cookie function that tells another path later',
    options: {
      cookie: ({ url }: { url: string }) => ({
        secure: false,
        sameSite: url.startsWith('/strict') ? 'strict' : 'lax',
      }),
    },
    requests: ['/count', '/strict/look', '/strict/count'],
  },
  {
    name: 'a cookie function that throws',
    options: { cookie: throwing },
    requests: ['/count'],
  },
  {
    name: 'several cookies of the application beside the session',
    handle: (request, response) => {
      request.session['seen'] = true;
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2; Path=/']);
      response.end('ok');
    },
    requests: ['/'],
  },
  {
    name: 'one cookie of the application beside the session',
    handle: (request, response) => {
      request.session['seen'] = true;
      response.setHeader('Set-Cookie', 'a=1; Path=/');
      response.end('ok');
    },
    requests: ['/'],
  },
];

function throwing(): never {
  throw new Error('no cookie for you');
}
