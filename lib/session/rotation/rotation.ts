import type { ReadRecord, SessionLimit } from '../../stores/session-store.js';
import { trailOf } from '../crossing/crossing.js';
import { markMeaning } from '../crossing/mark-meaning.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges, changesBetween } from '../data/merge.js';
import { SessionRotatedError } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RequestSession } from '../state/request-session.js';
import type { FormerSession } from '../state/session-state.js';
import type { SessionIndex } from '../users/session-index.js';
import type { FoundSession, SessionLookup } from '../users/session-lookup.js';
import type { UserSessions } from '../users/user-sessions.js';
import type { Departure, Rotation, RotatingSession } from './move.js';
import { SessionJoin } from './session-join.js';
import type { JoinedSession } from './session-join.js';
import { SessionMoving } from './session-moving.js';
import type { MovedSession } from './session-moving.js';

/** Where a rotation begins: at a record, or at nothing; or at a mark that another one has left. */
type Origin =
  | { readonly at: 'record'; readonly from: Departure | undefined }
  | { readonly at: 'mark'; readonly former: FormerSession; readonly stored?: ReadRecord };

/** The session under its new id, or where to begin again; `undefined` if it was ended meanwhile. */
type Outcome = (MovedSession & { readonly id: string }) | JoinedSession | Origin | undefined;

/** How often to begin again, while others give the session new ids or end it. */
const MAX_ATTEMPTS = 20;

/** Gives sessions new ids; the former ones stop working. */
export class SessionRotation {
  private readonly moving: SessionMoving;
  private readonly joining: SessionJoin;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly users: UserSessions,
    private readonly lookup: SessionLookup,
  ) {
    this.moving = new SessionMoving(lifecycle, index, users);
    this.joining = new SessionJoin(lifecycle, index);
  }

  /**
   * Gives the session a new id; or the one that another request has just given it, if this one may have that.
   * @throws SessionRotatedError if a request has no part in the session any more
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const base = session.storedAttributes();
    const changes = changesBetween(base, session.view.attributes());
    const rotating = { session, rotation, snapshot: session.snapshot(), changes };
    const { wish } = rotation;
    const limit = wish.to === 'sign in' ? await this.index.limitOf(wish.userId) : undefined;
    let origin = originOf(rotating, base);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const outcome =
        origin.at === 'mark'
          ? await this.cross(rotating, origin, limit)
          : await this.depart(rotating, origin.from, limit);
      if (outcome === undefined) return session.lose();
      if (!('at' in outcome)) return this.finish(rotating, outcome, applyChanges(base, changes));
      origin = outcome;
    }
    throw new SessionRotatedError();
  }

  /** Moves the session, each time under another id: whoever joined a failed attempt knows the last one. */
  private async depart(
    rotating: RotatingSession,
    from: Departure | undefined,
    limit: SessionLimit | undefined,
  ): Promise<Outcome> {
    const id = rotating.session.edge.generateId();
    const moved = await this.moving.move(rotating, id, from, limit);
    if (typeof moved === 'object' && !('met' in moved)) return { ...moved, id };
    if (moved === 'gone' && rotating.rotation.continues) return undefined;
    if (from === undefined) return NOWHERE;
    const former = { id: from.id, key: from.key };
    return { at: 'mark', former, ...(typeof moved === 'object' && { stored: moved.met }) };
  }

  /** Returns the outcome of a rotation that meets the mark of another one. */
  private async cross(
    rotating: RotatingSession,
    { former, stored }: Extract<Origin, { readonly at: 'mark' }>,
    limit: SessionLimit | undefined,
  ): Promise<Outcome> {
    const { session, rotation } = rotating;
    const found = await this.lookup.find(former.key, session.budget, stored, 'any');
    const [first] = found.marks;
    if (first === undefined) return originWithoutMark(former, found, rotation);
    const departure = { ...former, stored: first.stored, leaves: undefined };
    switch (markMeaning(trailOf(found), rotation.wish)) {
      case 'over':
        // A sign-in that was refused in the end may have put back what was there before its mark.
        if (stored !== undefined) return { at: 'mark', former };
        return rotation.continues ? undefined : NOWHERE;
      case 'begin':
        return NOWHERE;
      case 'replace':
        return { at: 'record', from: departure };
      case 'join':
        return this.join(rotating, former, found, limit);
      default:
        session.stayBehind(first.successor.key);
        throw new SessionRotatedError();
    }
  }

  private async join(
    rotating: RotatingSession,
    former: FormerSession,
    found: FoundSession,
    limit: SessionLimit | undefined,
  ): Promise<Outcome> {
    const { session, rotation } = rotating;
    const joined = await this.joining.join(rotating, former, found, limit);
    switch (joined) {
      case 'again':
        return { at: 'mark', former };
      case 'gone':
        return undefined;
      case 'full': {
        const { userId = '' } = trailOf(found);
        throw await this.users.limitReached(userId, limit, session.budget);
      }
      case 'closed':
        if (rotation.continues) throw new SessionRotatedError();
        return NOWHERE;
      default:
        return joined;
    }
  }

  private finish(
    { session, rotation, snapshot }: RotatingSession,
    outcome: (MovedSession & { readonly id: string }) | JoinedSession,
    before: SessionAttributes,
  ): void {
    const { draft, version, id } = outcome;
    session.rotate(draft.storedAs(version), draft.record, id);
    session.view.renewCookie(snapshot.cookie);
    if ('token' in outcome && outcome.token !== undefined) session.carry(outcome.token);
    session.showNewer(draft.record.attributes, before);
    session.written = 'commit';
    const { userId } = draft.record.metadata;
    this.lifecycle.emit({ type: rotation.type, handle: session.handle, userId });
  }
}

const NOWHERE: Origin = { at: 'record', from: undefined };

/** Returns where the rotation of a request's session begins. */
function originOf({ session, rotation }: RotatingSession, attributes: SessionAttributes): Origin {
  const { former, state, id, key } = session;
  // If the session is over, only a sign-in makes the mark lead on.
  const isMarked = state.is !== 'new' || rotation.wish.to === 'sign in';
  if (former !== undefined && isMarked) return { at: 'mark', former };
  if (state.is !== 'stored') return NOWHERE;
  const { metadata } = session.record();
  return {
    at: 'record',
    from: { id, key, stored: state.stored, leaves: { metadata, attributes } },
  };
}

/**
 * Returns where to begin without a mark: it has ended, was overwritten, or the former record was given back.
 */
function originWithoutMark(
  former: FormerSession,
  { stored, opened }: FoundSession,
  { continues }: Rotation,
): Origin | undefined {
  if (opened.is !== 'live' || stored === undefined) return continues ? undefined : NOWHERE;
  return { at: 'record', from: { ...former, stored, leaves: opened.record } };
}
