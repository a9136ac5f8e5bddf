import type { Plan, PlannedRequest } from './plan.js';

type Kind = 'crossings' | 'fixations' | 'ends' | 'revocations' | 'caps' | 'clicks';

const NOBODY = { home: false, device: false };
const login: PlannedRequest = {
  client: 'home',
  app: 0,
  operations: [{ type: 'login', user: 'ada' }],
};
const set: PlannedRequest = { client: 'home', app: 1, operations: [{ type: 'set' }] };

/** Schedules that once went wrong. They are run first, every time. */
export const FOUND: Readonly<Record<Kind, readonly Plan[]>> = {
  crossings: [],
  fixations: [
    // A sign-in met a write, then the mark of another one: its own record was left behind, and was in its
    // way when it began anew.
    {
      cap: 'none',
      signedIn: NOBODY,
      requests: [
        login,
        set,
        {
          client: 'copy',
          app: 1,
          operations: [{ type: 'login', user: 'mallory' }, { type: 'set' }],
        },
      ],
      turns: [0, 0, 0, 1, 1, 0, 1, 1, 1, 3, 3, 3, 7, 0, 1],
    },
  ],
  ends: [
    // All sessions were ended between the mark of a user's second sign-in and its entry in the index:
    // what they held lived on.
    {
      cap: 'none',
      signedIn: { home: true, device: false },
      requests: [login, { ...login, operations: [{ type: 'revokeAll', exceptCurrent: false }] }],
      turns: [0, 0, 0, 0, 0, ...Array.from({ length: 20 }, () => 1)],
    },
    // A session was revoked while its user signed in again: the tombstone took the place of the mark, and
    // what a request on its way had changed was lost.
    {
      cap: 'none',
      signedIn: { home: true, device: false },
      requests: [
        login,
        set,
        { ...login, operations: [{ type: 'logout' }] },
        { ...login, operations: [{ type: 'regenerate' }] },
        { ...login, operations: [{ type: 'revoke', of: 'home' }] },
      ],
      turns: [0, 1, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 6, 0, 1],
    },
  ],
  revocations: [],
  caps: [
    // A rotation met the mark of a sign-in that was then refused, and gave the record back: what the
    // request had changed was lost.
    {
      cap: 'reject',
      signedIn: NOBODY,
      requests: [
        { ...login, operations: [{ type: 'set' }, { type: 'regenerate' }] },
        { ...login, client: 'device', app: 1 },
        { ...login, app: 1 },
      ],
      turns: [
        0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0,
      ],
    },
  ],
  clicks: [
    // A sign-in met a write, then the mark of the first click, which it joined: its own record was left.
    {
      cap: 'none',
      signedIn: NOBODY,
      requests: [
        { ...set, app: 0 },
        { ...login, app: 1, operations: [{ type: 'set' }, { type: 'login', user: 'ada' }] },
        login,
      ],
      turns: [0, 1, 2, 3, 4, 1, 0, 0, 0, 0, 3, 1, 3, 0, 9],
    },
    // A user who is signed in clicked twice: the second click joined the first one before the entry was
    // moved, and was refused for that.
    {
      cap: 'reject',
      signedIn: { home: true, device: false },
      requests: [login, { ...login, app: 1 }],
      turns: [0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1],
    },
    // The same, with a cap that evicts.
    {
      cap: 'evict-oldest',
      signedIn: { home: true, device: false },
      requests: [login, { ...login, app: 1 }],
      turns: [0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1],
    },
  ],
};
