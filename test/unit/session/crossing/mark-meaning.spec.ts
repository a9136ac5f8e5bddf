import { describe, expect, it } from '@jest/globals';
import { markMeaning } from '../../../../lib/session/crossing/mark-meaning.js';
import type { Meaning, Trail, Wish } from '../../../../lib/session/crossing/mark-meaning.js';

/** The marks on the way, beginning at the request's own id. */
const TRAILS = {
  'one new id': ['same-user'],
  'four new ids': ['same-user', 'same-user', 'same-user', 'same-user'],
  'a sign-in': ['sign-in'],
  'a sign-in and a new id': ['sign-in', 'same-user'],
  'a new id and a sign-in': ['same-user', 'sign-in'],
  'two sign-ins': ['sign-in', 'sign-in'],
} as const satisfies Record<string, Trail['edges']>;

/** What the last mark leads to. */
const ENDS = {
  'a session of ada': { end: 'live', userId: 'ada' },
  'a session of nobody': { end: 'live' },
  'none that is left': { end: 'over' },
  'who knows what': { end: 'unknown' },
} as const satisfies Record<string, Omit<Trail, 'edges'>>;

const WISHES = {
  'goes on': { to: 'go on' },
  confirms: { to: 'confirm' },
  'asks for a new id': { to: 'regenerate', anew: false },
  'begins anew': { to: 'regenerate', anew: true },
  'signs ada in': { to: 'sign in', userId: 'ada' },
  'signs grace in': { to: 'sign in', userId: 'grace' },
} as const satisfies Record<string, Wish>;

type Row = readonly [keyof typeof WISHES, Meaning];

type TrailName = keyof typeof TRAILS;
type Case = [trail: TrailName, end: keyof typeof ENDS, rows: readonly Row[]];

const OVER: readonly TrailName[] = ['one new id', 'a sign-in', 'a sign-in and a new id'];
const UNKNOWN: readonly TrailName[] = ['one new id', 'a sign-in'];

const CASES: readonly Case[] = [
  [
    'one new id',
    'a session of ada',
    [
      ['goes on', 'follow'],
      ['confirms', 'join'],
      ['asks for a new id', 'refuse'],
      ['signs ada in', 'refuse'],
      ['signs grace in', 'begin'],
    ],
  ],
  [
    'one new id',
    'a session of nobody',
    [
      ['goes on', 'follow'],
      ['asks for a new id', 'refuse'],
      ['signs ada in', 'refuse'],
    ],
  ],
  [
    'four new ids',
    'a session of ada',
    [
      ['goes on', 'follow'],
      ['confirms', 'join'],
      ['asks for a new id', 'refuse'],
      ['signs ada in', 'refuse'],
      ['signs grace in', 'begin'],
    ],
  ],
  [
    'a sign-in',
    'a session of ada',
    [
      ['goes on', 'refuse'],
      ['confirms', 'refuse'],
      ['asks for a new id', 'refuse'],
      ['begins anew', 'refuse'],
      ['signs ada in', 'join'],
      ['signs grace in', 'begin'],
    ],
  ],
  // regenerate({ keep: [...] }), say
  [
    'a sign-in',
    'a session of nobody',
    [
      ['goes on', 'refuse'],
      ['asks for a new id', 'refuse'],
      ['signs ada in', 'refuse'],
    ],
  ],
  // The second factor, or another sign-in, has given it an id that is not handed out for a password.
  [
    'a sign-in and a new id',
    'a session of ada',
    [
      ['goes on', 'refuse'],
      ['confirms', 'refuse'],
      ['signs ada in', 'begin'],
      ['signs grace in', 'begin'],
    ],
  ],
  [
    'two sign-ins',
    'a session of ada',
    [
      ['goes on', 'refuse'],
      ['confirms', 'refuse'],
      ['signs ada in', 'begin'],
      ['signs grace in', 'begin'],
    ],
  ],
  [
    'a new id and a sign-in',
    'a session of ada',
    [
      ['goes on', 'refuse'],
      ['confirms', 'refuse'],
      ['signs ada in', 'refuse'],
      ['signs grace in', 'begin'],
    ],
  ],
  // Too many marks, or a record that only another instance can read.
  ...UNKNOWN.map<Case>((trail) => [
    trail,
    'who knows what',
    [
      ['goes on', 'refuse'],
      ['confirms', 'refuse'],
      ['asks for a new id', 'refuse'],
      ['signs ada in', 'begin'],
    ],
  ]),
  // However the request got there.
  ...OVER.map<Case>((trail) => [
    trail,
    'none that is left',
    [
      ['goes on', 'over'],
      ['confirms', 'over'],
      ['asks for a new id', 'over'],
      ['begins anew', 'replace'],
      ['signs ada in', 'replace'],
      ['signs grace in', 'replace'],
    ],
  ]),
];

describe.each(CASES)('the mark of a session that had %s, and is now %s', (trail, end, rows) => {
  it.each(rows)('to a request that %s: %s', (wish, meaning) => {
    expect(markMeaning({ edges: TRAILS[trail], ...ENDS[end] }, WISHES[wish])).toBe(meaning);
  });
});
