import type { Plan } from './plan.js';

/** Schedules that once went wrong. They are run first, every time. */
export const FOUND: [Plan][] = [
  // update() met a conflict and then the end of the session; what it had merged went along with login().
  [
    {
      isSignedIn: false,
      requests: [
        {
          app: 0,
          cookieAge: 0,
          operations: [{ type: 'increment' }, { type: 'login', user: 'ada' }],
        },
        { app: 0, cookieAge: 0, operations: [{ type: 'set', key: 'b' }] },
        { app: 1, cookieAge: 0, operations: [{ type: 'logout' }] },
      ],
      // 0 and 1 load; 1 stores; 0 conflicts; 2 ends the session.
      turns: [0, 0, 1, 1, 1, 0, 1, 1, 1],
    },
  ],
  // login() as another user, on a session that this request already knows to be gone.
  [
    {
      isSignedIn: true,
      requests: [
        {
          app: 0,
          cookieAge: 0,
          operations: [{ type: 'increment' }, { type: 'login', user: 'grace' }],
        },
        { app: 1, cookieAge: 0, operations: [{ type: 'logout' }] },
      ],
      turns: [0, 0, 1, 1, 1],
    },
  ],
  // confirm() on the memory store, which forgot the index entry along with the old record.
  [
    {
      isSignedIn: true,
      requests: [{ app: 0, cookieAge: 0, operations: [{ type: 'confirm' }] }],
      turns: [],
    },
  ],
  // confirm() had taken the old record away, and not yet moved the entry in the index, which logout()
  // then took: the session ends, and a write that came between found it gone already.
  [
    {
      isSignedIn: true,
      requests: [
        { app: 0, cookieAge: 1, operations: [{ type: 'increment' }] },
        {
          app: 0,
          cookieAge: 0,
          operations: [
            { type: 'regenerate', keep: [] },
            { type: 'regenerate', keep: [] },
          ],
        },
        { app: 0, cookieAge: 1, operations: [{ type: 'logout' }] },
        {
          app: 0,
          cookieAge: 1,
          operations: [{ type: 'touch' }, { type: 'regenerate', keep: [] }],
        },
        { app: 0, cookieAge: 1, operations: [{ type: 'set', key: 'a' }, { type: 'confirm' }] },
      ],
      turns: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 9, 9],
    },
  ],
  // confirm() had taken the old record away; login() found it gone, and took or dropped the entry in
  // the index that confirm() was about to move.
  ...(['ada', 'grace'] as const).map((user): [Plan] => [
    {
      isSignedIn: true,
      requests: [
        { app: 0, cookieAge: 0, operations: [{ type: 'confirm' }] },
        { app: 1, cookieAge: 0, operations: [{ type: 'login', user, keep: 'all' }] },
      ],
      turns: [0, 0, 1, 1, 0, 0, ...Array.from({ length: 12 }, () => 1)],
    },
  ]),
  // update() was part of a write that found the session gone, and login() took along what the other
  // request in it had changed.
  [
    {
      isSignedIn: false,
      requests: [
        {
          app: 0,
          cookieAge: 0,
          operations: [{ type: 'increment' }, { type: 'login', user: 'ada' }],
        },
        { app: 0, cookieAge: 0, operations: [{ type: 'set', key: 'a' }] },
        { app: 0, cookieAge: 0, operations: [{ type: 'login', user: 'ada' }] },
      ],
      turns: [11, 2, 1, 10],
    },
  ],
  // A second login() had joined the session of the first, which found it ended before it was through, and
  // returned without its user.
  [
    {
      isSignedIn: false,
      requests: [
        { app: 1, cookieAge: 0, operations: [{ type: 'login', user: 'ada' }] },
        { app: 1, cookieAge: 0, operations: [{ type: 'replace' }] },
        { app: 0, cookieAge: 1, operations: [{ type: 'login', user: 'ada' }, { type: 'replace' }] },
        {
          app: 0,
          cookieAge: 0,
          operations: [
            { type: 'delete', key: 'a' },
            { type: 'set', key: 'a' },
          ],
        },
        { app: 0, cookieAge: 0, operations: [{ type: 'replace' }, { type: 'set', key: 'a' }] },
      ],
      turns: [0, 0, 1, 1, 0, 5, 0, 6, 6, 6, 6, 1, 1, 1, 6],
    },
  ],
];
