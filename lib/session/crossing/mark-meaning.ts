import type { EdgeKind } from '../record/marks.js';

/** What a request with a former id wants to do with the session. */
export type Wish =
  /** To go on with it: to read, change or end it. */
  | { readonly to: 'go on' }
  /** To give it a new id because its user has proved again who they are. */
  | { readonly to: 'confirm' }
  /** To give it a new id for another reason; `anew` to begin another session there, which holds nothing. */
  | { readonly to: 'regenerate'; readonly anew: boolean }
  | { readonly to: 'sign in'; readonly userId: string };

/** Where marks have led. */
export interface Trail {
  /** How the session came from each id to the next; the first is the mark at the request's own id. */
  readonly edges: readonly EdgeKind[];
  /** `unknown`: there are too many marks, or a record that this instance cannot read. */
  readonly end: 'live' | 'over' | 'unknown';
  /** Whose the session is, where it is live. */
  readonly userId?: string | undefined;
}

/**
 * What a mark means to a request:
 * - `follow`: it goes on with the session, which is the same one
 * - `join`: it gets the new id, which the other request has made for both
 * - `begin`: it begins a session of its own, and the mark stays
 * - `replace`: the same, and the mark leads there from now on
 * - `over`: the session was ended, and the request goes on as one whose session was
 * - `refuse`: the session lives on, and is not this request's any more
 */
export type Meaning = 'follow' | 'join' | 'begin' | 'replace' | 'over' | 'refuse';

/**
 * Decides what a mark means. Nothing crosses a sign-in but another sign-in of the same user, and only while
 * the session has got no further id: if its user has proved more than a password, that id must not be handed
 * out for a password. A sign-in is refused if it would make a second session of one whose new id its browser
 * is just being given.
 */
export function markMeaning({ edges, end, userId }: Trail, wish: Wish): Meaning {
  if (end === 'over') return beginsAnew(wish) ? 'replace' : 'over';
  const [first, ...further] = edges;
  const isSameSession = end === 'live' && edges.every((edge) => edge === 'same-user');
  switch (wish.to) {
    case 'go on':
      return isSameSession ? 'follow' : 'refuse';
    case 'confirm':
      return isSameSession ? 'join' : 'refuse';
    case 'regenerate':
      return 'refuse';
    case 'sign in': {
      if (end === 'live' && userId === undefined) return 'refuse';
      if (end === 'unknown' || userId !== wish.userId) return 'begin';
      if (first === 'same-user') return 'refuse';
      return further.length === 0 ? 'join' : 'begin';
    }
  }
}

/** True for a wish that needs no session to start from. */
function beginsAnew(wish: Wish): boolean {
  return wish.to === 'sign in' || (wish.to === 'regenerate' && wish.anew);
}
