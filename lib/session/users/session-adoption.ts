import { lazily, ownRecord, readRecord, writtenRecord } from '../commit/known-record.js';
import type { KnownRecord } from '../commit/known-record.js';
import { SessionSnapshot } from '../data/snapshot.js';
import { SessionGoneError, sessionOfAnother, SessionRotatedError } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RequestSession } from '../state/request-session.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from './session-index.js';
import type { Tombstones } from './tombstones.js';
import type { UserSessions } from './user-sessions.js';

/** What is stored in the end, and whether this request has written it. */
interface Adopted {
  readonly known: KnownRecord;
  readonly isOurs: boolean;
}

/**
 * Enters a session into the index of a user whom others, such as Passport, have signed in. It keeps its
 * id. The entry comes before the record says whose session it is: whoever ends all sessions of the user
 * from then on ends this one, too.
 */
export class SessionAdoption {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly tombstones: Tombstones,
    private readonly users: UserSessions,
  ) {}

  /**
   * Does nothing to a session that is the user's already, or of which nothing is stored. If it is ended
   * meanwhile, it stays ended, and its state says so.
   * @throws SessionUnusableError if another user is signed in
   * @throws SessionRotatedError if another request has given the session a new id since
   * @throws SessionGoneError if all sessions of the user have been ended since it began
   * @throws SessionLimitError if the user may not have one more session
   */
  async adopt(session: RequestSession, userId: string): Promise<void> {
    const base = ownRecord(session);
    if (base === undefined || isUsers(base, userId)) return;
    await this.enter(session, base, userId);
    const adopted = await this.write(session, base, userId);
    const owner = typeof adopted === 'string' ? undefined : adopted.known.metadata.userId;
    if (owner !== userId) await this.leave(session, adopted, userId);
    if (adopted === 'rotated') throw new SessionRotatedError();
    if (adopted === 'gone') session.lose();
    else this.show(session, base, adopted, userId);
  }

  /** Adds the entry, under the limit. */
  private async enter(session: RequestSession, base: KnownRecord, userId: string): Promise<void> {
    const { index } = this;
    const { key, budget } = session;
    const limit = await index.limitOf(userId);
    const metadata = { ...base.metadata, seenAt: this.lifecycle.settings.clock() };
    const lifetime = { metadata, cookie: base.cookie };
    const outcome = await index.addUnindexed(userId, key, lifetime, limit, budget);
    if (outcome === 'full') throw await this.users.limitReached(userId, limit, budget);
    if (outcome === 'added') return;
    await this.tombstones.revoke(key, session.lineage(), base.stored, userId, budget);
    session.lose();
    throw new SessionGoneError('revoked');
  }

  /** Takes the entry out again. Where an index has one entry for each key, it was another user's by then. */
  private async leave(
    { key, budget }: RequestSession,
    adopted: Adopted | 'gone' | 'rotated',
    userId: string,
  ): Promise<void> {
    await this.index.remove(userId, key, budget);
    const known = typeof adopted === 'string' ? undefined : adopted.known;
    const owner = known?.metadata.userId;
    if (known === undefined || owner === undefined) return;
    await this.index.addUnindexed(owner, key, known, undefined, budget);
  }

  /** Makes the record say whose session it is, with whatever others have stored meanwhile. */
  private write(
    session: RequestSession,
    base: KnownRecord,
    userId: string,
  ): Promise<Adopted | 'gone' | 'rotated'> {
    const { store, drafts, records, settings } = this.lifecycle;
    const { key, budget, view } = session;
    const indexedAt = this.index.isSupported ? settings.clock() : undefined;
    return compareAndSwap<KnownRecord['stored'], Adopted | 'gone' | 'rotated'>(
      base.stored,
      async (seen, turn) => {
        const read = seen === base.stored ? undefined : records.read(seen, key);
        if (typeof read === 'string') return read === 'rotated' ? 'rotated' : 'gone';
        const known = read === undefined ? base : readRecord(seen, read);
        if (known.metadata.userId !== undefined) return { known, isOurs: false };
        const cookie = view.configuredCookie(known.metadata.cookie);
        const snapshot = SessionSnapshot.ofStored(known.attributes(), cookie);
        const draft = drafts.of(session, { ...known.metadata, userId, indexedAt }, snapshot);
        const outcome = await store.replace(key, seen.version, draft, budget, turn);
        if (typeof outcome === 'string' || 'conflict' in outcome) return outcome;
        return { known: writtenRecord(draft, outcome.version), isOurs: true };
      },
    );
  }

  /** Has the request go on with what is stored, and with what it has changed itself. */
  private show(
    session: RequestSession,
    base: KnownRecord,
    { known, isOurs }: Adopted,
    userId: string,
  ): void {
    const before = base.attributes();
    session.become(known.stored, lazily(known));
    session.showNewer(known.attributes(), before);
    session.view.renewCookie(session.view.configuredCookie(known.metadata.cookie));
    if (isOurs) {
      session.written = 'commit';
      this.lifecycle.emit({ type: 'adopted', handle: session.handle, userId });
    } else isUsers(known, userId); // throws if another request was faster, for another user
  }
}

/**
 * True if the session is the user's already.
 * @throws SessionUnusableError if it is another user's
 */
function isUsers({ metadata }: KnownRecord, userId: string): boolean {
  if (metadata.userId === undefined) return false;
  if (metadata.userId !== userId) throw sessionOfAnother();
  return true;
}
