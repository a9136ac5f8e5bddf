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
  { what: 'signs in who was nobody' },
  {
    what: 'removes the former record where no mark is asked for',
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
    what: 'does not count the same user as one more, under a cap that rejects',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: REJECT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'does not count the same user as one more, under a cap that evicts',
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { limit: EVICT, needsFormerEntry: true },
    leaves: { ada: ['other', 'next'] },
  },
  {
    what: 'signs in another user, and removes the entry of the former one',
    entries: { grace: ['former', 'other'] },
    former: 'grace',
    leaves: { grace: ['other'] },
  },
  {
    what: 'asks for no former entry where the user is another one',
    former: 'grace',
    asked: { needsFormerEntry: true },
  },
  {
    what: 'asks for no former entry where there was no user',
    asked: { needsFormerEntry: true },
  },
  {
    what: "removes the former entry where the session is nobody's from now on",
    entries: { ada: ['former', 'other'] },
    former: 'ada',
    asked: { entry: undefined, needsFormerEntry: true },
    leaves: { ada: ['other'] },
  },
  {
    what: 'evicts who has to go under a cap',
    entries: { ada: ['a', 'b'] },
    asked: { limit: EVICT },
    evicted: ['a', 'b'],
  },
  {
    what: 'counts the same user as one more where the former entry is gone',
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
    what: 'adds an entry anew where the former one has expired',
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
    what: 'a cap rejects one more',
    entries: { ada: ['other'], grace: ['former'] },
    former: 'grace',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'a cap rejects the same user, whose former entry is gone',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { limit: REJECT },
    says: 'full',
  },
  {
    what: 'the former entry is gone, and needed',
    entries: { ada: ['other'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: 'the former entry has expired, and is needed',
    brief: { ada: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
  {
    what: "the former entry is another user's by now, and needed",
    entries: { grace: ['former'] },
    former: 'ada',
    asked: { needsFormerEntry: true },
    says: 'gone',
  },
];
