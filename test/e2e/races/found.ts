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
];
