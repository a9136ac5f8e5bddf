import type { ReadRecord } from '../../stores/session-store.js';
import { SessionRotatedError } from '../errors.js';
import type { AbsenceReason } from '../record/absence.js';
import { isOver } from '../record/record-format.js';
import type { RequestSession } from '../state/request-session.js';
import type { Crossed } from '../state/session-state.js';
import type { FoundSession, SessionLookup } from '../users/session-lookup.js';
import { markMeaning } from './mark-meaning.js';
import type { Trail } from './mark-meaning.js';

/** What becomes of a request that meets the mark of a session that got a new id. */
export type Crossing =
  | { readonly is: 'follow'; readonly to: Crossed }
  | { readonly is: 'over'; readonly reason: AbsenceReason }
  | { readonly is: 'refuse'; readonly successor: string };

/** Leads requests to the sessions that got new ids while they were on their way. */
export class SessionCrossing {
  constructor(private readonly lookup: SessionLookup) {}

  /** Handles a request that came with a former id. */
  async arrive(session: RequestSession, mark: ReadRecord): Promise<RequestSession> {
    const crossing = await this.meet(session, mark);
    if (crossing.is === 'follow') session.goOn(crossing.to);
    else if (crossing.is === 'over') session.beginAnew(crossing.reason);
    else session.stayBehind(crossing.successor);
    return session;
  }

  /** Returns what the mark in the place of a request's session means. */
  async meet(session: RequestSession, mark: ReadRecord): Promise<Crossing> {
    const crossing = await this.look(session, mark);
    // A sign-in that was refused in the end has put back what was there before its mark.
    return crossing.is === 'over' ? this.look(session) : crossing;
  }

  private async look(session: RequestSession, mark?: ReadRecord): Promise<Crossing> {
    const found = await this.lookup.find(session.key, session.budget, mark, 'any');
    const { key, stored, opened, marks } = found;
    const meaning = markMeaning(trailOf(found), { to: 'go on' });
    if (meaning === 'over') return { is: 'over', reason: reasonOf(found) };
    const [first] = marks;
    if (meaning === 'follow' && opened.is === 'live' && stored !== undefined) {
      const late = first && { key, until: first.successor.until };
      return { is: 'follow', to: { stored, record: opened.record, late } };
    }
    return { is: 'refuse', successor: first?.successor.key ?? key };
  }

  /**
   * Refuses a request that has no part in its session any more. If the session behind the mark has been
   * ended since, and nothing was put back in the place of the mark, the request is one whose session was
   * ended. `undefined` for every other request, which goes on at once.
   * @throws SessionRotatedError if that session lives on
   */
  refuse(session: RequestSession): Promise<void> | undefined {
    const { state } = session;
    return state.is === 'rotated'
      ? this.refuseUnlessOver(session, [state.successor, state.former.key])
      : undefined;
  }

  private async refuseUnlessOver(session: RequestSession, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const { opened } = await this.lookup.find(key, session.budget, undefined, 'any');
      if (!isOver(opened)) throw new SessionRotatedError();
    }
    session.lose();
  }
}

/** False if the session lives on, but having only the id by which it was found gives no part in it. */
export function isReachable(found: FoundSession): boolean {
  const isMarked = found.marks.length > 0 || found.opened.is === 'rotated';
  return !isMarked || markMeaning(trailOf(found), { to: 'go on' }) !== 'refuse';
}

/** Returns where the marks that were passed have led. */
export function trailOf({ marks, opened }: FoundSession): Trail {
  const edges = marks.map(({ successor }) => successor.edge);
  if (isOver(opened)) return { edges, end: 'over' };
  if (opened.is !== 'live') return { edges, end: 'unknown' };
  return { edges, end: 'live', userId: opened.record.metadata.userId };
}

/** Returns why a session is over, as far as that concerns whoever has a former id of it. */
function reasonOf({ marks, opened }: FoundSession): AbsenceReason {
  const isOwn = marks.every(({ successor }) => successor.edge === 'same-user');
  return isOwn && 'reason' in opened ? opened.reason : 'expired';
}
