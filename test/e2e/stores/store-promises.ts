import type { StoreName } from '../../../sample/stores/src/stores/open-store.js';

/** What happens when two requests change different attributes of one session at the same time. */
type ParallelWrites =
  /** Both changes are kept. */
  | 'merged'
  /** Both are kept, unless one request writes between the other's look at the store and its write. */
  | 'merged but for a gap'
  /** The session is what the last answer that the browser received says. */
  | 'last answer wins'
  /** The other process does not know the session. */
  | 'not shared';

export interface StorePromises {
  readonly survivesRestart: boolean;
  readonly isSharedByInstances: boolean;
  readonly parallelWritesInProcess: ParallelWrites;
  readonly parallelWritesBetweenProcesses: ParallelWrites;
  /** A copy of the cookie is worth nothing once the session was ended. */
  readonly endsAtOnce: boolean;
  /** Holds more than the 4,096 bytes that browsers accept in a cookie. */
  readonly holdsMoreThanCookie: boolean;
  readonly listsDevices: boolean;
  readonly capsSessions: boolean;
  readonly atRest: 'nowhere' | 'in clear without encryption' | 'always sealed';
}

/** A store of Sesame's own that instances share. */
const EXACT: StorePromises = {
  survivesRestart: true,
  isSharedByInstances: true,
  parallelWritesInProcess: 'merged',
  parallelWritesBetweenProcesses: 'merged',
  endsAtOnce: true,
  holdsMoreThanCookie: true,
  listsDevices: true,
  capsSessions: true,
  atRest: 'in clear without encryption',
};

/** A database behind a store that was made for express-session. */
const DATABASE: StorePromises = {
  ...EXACT,
  parallelWritesBetweenProcesses: 'merged but for a gap',
  listsDevices: false,
  capsSessions: false,
};

/** What each place promises; every difference is asserted as what it is. */
export const PROMISES: Readonly<Record<StoreName, StorePromises>> = {
  memory: {
    survivesRestart: false,
    isSharedByInstances: false,
    parallelWritesInProcess: 'merged',
    parallelWritesBetweenProcesses: 'not shared',
    endsAtOnce: true,
    holdsMoreThanCookie: true,
    listsDevices: true,
    capsSessions: true,
    atRest: 'nowhere',
  },
  'sealed-cookie': {
    survivesRestart: true,
    isSharedByInstances: true,
    parallelWritesInProcess: 'last answer wins',
    parallelWritesBetweenProcesses: 'last answer wins',
    endsAtOnce: false,
    holdsMoreThanCookie: false,
    listsDevices: false,
    capsSessions: false,
    atRest: 'always sealed',
  },
  redis: EXACT,
  'node-redis': EXACT,
  'sql-postgres': EXACT,
  'sql-mysql': EXACT,
  'sql-sqlite': EXACT,
  postgres: DATABASE,
  sqlite: DATABASE,
  mysql: DATABASE,
};
