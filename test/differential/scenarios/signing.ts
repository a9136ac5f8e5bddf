import type { Scenario, Step } from '../support/scenario.js';
import { OLD_SECRET, SECRET } from '../support/sides.js';
import { signed } from '../support/world.js';
import { seed } from './parts.js';

const seeded = (id = 'known'): Pick<Step, 'before'> => ({
  before: (world) => seed(world, id, { count: 4 }),
});

/** A session that is stored, and a client that sends this `Cookie` header. */
function sending(name: string, cookie: string, options = {}, id = 'known'): Scenario {
  return {
    name,
    options,
    requests: [{ path: '/count', cookie, ...seeded(id) }, '/look'],
  };
}

/** An id whose cookie is longer than browsers keep. */
export const LONG = 'long'.repeat(1_100);

const good = signed('known');

export const signing: readonly Scenario[] = [
  sending('a good cookie of a known session', `connect.sid=${good}`),
  sending('a good cookie among others', `a=1; connect.sid=${good}; b=2`),
  sending('a good cookie without spaces', `a=1;connect.sid=${good};b=2`),
  sending('a good cookie with spaces around', ` connect.sid = ${good} ; b=2`),
  sending('a good cookie that is not percent-encoded', `connect.sid=${decodeURIComponent(good)}`),
  sending('a good cookie in quotes', `connect.sid="${good}"`),
  sending('a good cookie with half a quote', `connect.sid="${good}`),
  sending('a good cookie of an unknown session', `connect.sid=${signed('unknown')}`),
  sending(
    'a good cookie of an id with odd characters',
    `connect.sid=${signed('odd.id/with+=chars')}`,
    {},
    'odd.id/with+=chars',
  ),
  sending(
    'a good cookie of an id in other scripts',
    `connect.sid=${signed('ключ-鍵')}`,
    {},
    'ключ-鍵',
  ),
  sending('a cookie that is empty', 'connect.sid='),
  sending('a cookie without a value', 'connect.sid'),
  sending('a cookie that is not signed', 'connect.sid=known'),
  sending('a cookie with the mark and no signature', 'connect.sid=s%3Aknown'),
  sending('a cookie with an empty signature', 'connect.sid=s%3Aknown.'),
  sending('a cookie of an empty id', `connect.sid=${signed('')}`),
  sending('a cookie with a wrong signature', `connect.sid=${signed('known', 'a third secret')}`),
  sending(
    'a cookie whose id was changed',
    `connect.sid=${good.replace('known', 'other')}`,
    {},
    'other',
  ),
  sending('a cookie whose signature lost its end', `connect.sid=${good.slice(0, -1)}`),
  sending('a cookie whose signature grew', `connect.sid=${good}A`),
  sending('a cookie with another mark', `connect.sid=${good.replace('s%3A', 'j%3A')}`),
  sending('a cookie with a mark in upper case', `connect.sid=${good.replace('s%3A', 'S%3A')}`),
  sending('a cookie of a name in upper case', `CONNECT.SID=${good}`),
  sending('a cookie that cannot be decoded', 'connect.sid=s%3A%E0%A4%A'),
  sending('a cookie of odd bytes', 'connect.sid=s:\u00ff\u00fe.\u00e9'),
  sending('a cookie longer than any browser keeps', `connect.sid=${signed(LONG)}`, {}, LONG),
  sending('a cookie named __proto__', '__proto__=1; constructor=2'),
  sending('a session called __proto__', `connect.sid=${signed('__proto__')}`),
  sending('a session called constructor', `connect.sid=${signed('constructor')}`),
  sending('twice the same good cookie', `connect.sid=${good}; connect.sid=${good}`),
  sending('a good cookie before a bad one', `connect.sid=${good}; connect.sid=bad`),
  sending('a bad cookie before a good one', `connect.sid=bad; connect.sid=${good}`),
  sending(
    'two good cookies of two sessions',
    `connect.sid=${signed('unknown')}; connect.sid=${good}`,
  ),
  sending('a Cookie header that is nothing but semicolons', ';;; ;'),
  sending('a cookie of the old secret, alone', `connect.sid=${signed('known', OLD_SECRET)}`),
  sending('a cookie of the old secret, among two', `connect.sid=${signed('known', OLD_SECRET)}`, {
    secret: [SECRET, OLD_SECRET],
  }),
  sending('a cookie of the new secret, among two', `connect.sid=${good}`, {
    secret: [SECRET, OLD_SECRET],
  }),
  sending('a cookie of the second of three secrets', `connect.sid=${signed('known', OLD_SECRET)}`, {
    secret: ['a third secret', OLD_SECRET, SECRET],
  }),
  sending('a cookie of a secret in a Buffer', `connect.sid=${good}`, {
    secret: Buffer.from(SECRET),
  }),
  sending('a cookie of a Buffer among two secrets', `connect.sid=${good}`, {
    secret: [Buffer.from(SECRET), OLD_SECRET],
  }),
  {
    name: 'an array of one secret',
    options: { secret: [SECRET] },
    requests: ['/count', '/count'],
  },
  {
    name: 'a cookie of the old secret, and nothing changes',
    options: { secret: [SECRET, OLD_SECRET] },
    requests: [
      { path: '/look', cookie: `connect.sid=${signed('known', OLD_SECRET)}`, ...seeded() },
      '/look',
    ],
  },
  {
    name: 'genid is asked once for each new session',
    options: { genid: ({ url }: { url: string }) => `id-of-${url.slice(1)}` },
    requests: [{ path: '/count' }, { path: '/count' }, { path: '/look', cookie: '' }],
  },
  {
    name: 'genid of an id with odd characters',
    options: { genid: () => 'ö/=+;, "x"' },
    requests: ['/count', '/count'],
  },
];
