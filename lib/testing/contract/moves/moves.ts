import type { Move } from '../../../stores/session-store.js';

/** What there is before a move, besides the former record. */
export interface Given {
  /** The keys that each user has entries of. */
  readonly entries?: Readonly<Record<string, readonly string[]>>;
  /** Entries that have expired. */
  readonly brief?: Readonly<Record<string, readonly string[]>>;
  /** True when there is a record under the new key. */
  readonly hasNext?: boolean;
}

/** A move to be tried. */
interface MoveCase extends Given {
  /** What it promises. */
  readonly what: string;
  /** Who was signed in under the former key. */
  readonly former?: string;
  /** How it differs from a sign-in of ada's that leaves a mark. */
  readonly asked?: Partial<Move>;
}

const REJECT = { max: 1, onExceed: 'reject' } as const;
const EVICT = { max: 1, onExceed: 'evict-oldest' } as const;

/** Unless the case says otherwise, the former record becomes a mark and ada's one entry is the new key. */
export interface DoneMove extends MoveCase {
  /** The keys that it returns as evicted; by default none. */
  readonly evicted?: readonly string[];
  /** What differs from that. */
  readonly leaves?: object;
}

export const MOVES: readonly DoneMove[] = [
  { what: 'signs a user in to a session of nobody' },
  {
    what: 'removes the former record if no mark is asked for',
    asked: { mark: undefined },
    leaves: { former: undefined },
  },
  { what: 'moves a session of nobody', asked: { entry: undefined }, leaves: { ada: [] } },
  {
    what: "gives the former entry's place to the new key",
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'does not count the same user as one more under a limit that rejects',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: REJECT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'does not count the same user as one more under a limit that evicts',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: EVICT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: "signs another user in, and removes the former user's entry",
    entries: { grace: ['former', 'other'] },
    former: 'grace',
    leaves: { grace: ['other'] },
  },
  {
    what: 'needs no former entry if another user signs in',
    former: 'grace',
    asked: { needsFormerEntry: true },
  },
  {
    what: 'needs no former entry if there was no user',
    asked: { needsFormerEntry: true },
  },
  {
    what: 'removes the former entry if the session no longer belongs to a user',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { entry: undefined, needsFormerEntry: true },
    leaves: { ada: ['other'] },
  },
  {
    what: 'evicts the entries that a limit leaves no room for',
    entries: { ada: ['a', 'b'] },
    asked: { limit: EVICT },
    evicted: ['a', 'b'],
  },
  {
    what: 'counts the same user as one more if the former entry is gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { limit: EVICT },
    evicted: ['other'],
  },
  {
    what: 'does not count entries that have expired',
    brief: { ada: ['other'] },
    asked: { limit: REJECT },
  },
  {
    what: 'adds a new entry if the former one has expired',
    brief: { ada: ['former'] },
    former: 'ada',
    asked: { limit: REJECT },
  },
];

/** A move that changes nothing. */
export interface RefusedMove extends MoveCase {
  /** What it returns. */
  readonly says: string;
}

export const REFUSED_MOVES: readonly RefusedMove[] = [
  {
    what: 'the new key is taken',
    entries: { ada: ['former'] },
    former: 'ada',
    hasNext: true,
    says: 'taken',
  },
  {
    what: 'a limit rejects one more',
    entries: { ada: ['other'], grace: ['former'] },
    former: 'grace',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'a limit rejects the same user, whose former entry is gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'the former entry is needed, but gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: 'the former entry is needed, but has expired',
    brief: { ada: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: "the former entry is needed, but is another user's by now",
    entries: { grace: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
];
