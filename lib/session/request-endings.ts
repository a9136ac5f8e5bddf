import type { ReadRecord } from '../stores/session-store.js';
import type { Member } from './commit/members.js';
import type { WriteQueue } from './commit/write-queue.js';
import { isReachable } from './crossing/crossing.js';
import type { SessionCrossing } from './crossing/crossing.js';
import { needsRecords, SessionGoneError, SessionRotatedError } from './errors.js';
import { handleOfKey, keyOf } from './ids.js';
import type { Lifecycle } from './lifecycle.js';
import type { AbsenceReason } from './record/absence.js';
import { lineageOf } from './record/session-record.js';
import type { SessionRecord } from './record/session-record.js';
import type { RequestSession } from './state/request-session.js';
import type { WaitBudget } from './storage/wait-budget.js';
import type { OnEnd, SessionEndings } from './users/session-endings.js';
import type { SessionLookup } from './users/session-lookup.js';
import type { SparedSession } from './users/user-sessions.js';

/** Ends sessions on behalf of a request, its own above all, and says which one to spare. */
export class RequestEndings {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly queue: WriteQueue<Member>,
    private readonly lookup: SessionLookup,
    private readonly endings: SessionEndings,
    private readonly crossing: SessionCrossing,
  ) {}

  /**
   * Ends the session of a request, and any other that its browser would come back with instead.
   * @param cause why, if its user did not ask for it
   */
  async end(session: RequestSession, cause?: 'user-gone'): Promise<void> {
    const refused = this.crossing.refuse(session.resolve());
    if (refused !== undefined) await refused;
    if (session.isTooLate) throw new SessionRotatedError();
    const { state, key, budget } = session;
    const { verified, others = [] } = session.cookie;
    for (const { id } of others) {
      await this.endAt(keyOf(id, this.lifecycle.settings), undefined, undefined, budget);
    }
    if (state.is === 'stored' || (state.is === 'ended' && state.by === 'others')) {
      const stored = state.is === 'stored' ? state.stored : undefined;
      const isDone = await this.endAt(key, stored, session.record(), budget, cause);
      if (!isDone) throw new SessionRotatedError();
    } else if (verified !== undefined && this.mayLiveOn(session)) {
      const former = keyOf(verified.id, this.lifecycle.settings);
      await this.endAt(former, undefined, undefined, budget);
    }
    session.end();
  }

  /**
   * Ends any session, by its id, on behalf of a request.
   * @throws UnsupportedByStoreError if cookies carry the records
   */
  async endById(id: string, { budget }: RequestSession): Promise<void> {
    const { settings, store, index, tokens } = this.lifecycle;
    if (tokens.carryRecords) throw needsRecords(settings.storeName);
    const key = keyOf(id, settings);
    // With an index, the record is read first: it names the user whose entry must be removed.
    if (index === undefined) {
      await this.queue.alone(key, budget, () => store.remove(key, undefined, budget));
    } else await this.endAt(key, undefined, undefined, budget);
  }

  /**
   * Returns a request's session, which is to be spared when all sessions of a user are ended; `undefined` if
   * it is not one of them.
   * @throws SessionGoneError if it has been ended meanwhile
   * @throws SessionRotatedError if a sign-in has turned it into another session, which lives
   */
  async toSpare(session: RequestSession, userId: string): Promise<SparedSession | undefined> {
    const lineage = await this.lineageToSpare(session, userId);
    if (lineage === undefined) return undefined;
    return { lineage, requireLive: () => this.lineageToSpare(session, userId) };
  }

  private async lineageToSpare(
    session: RequestSession,
    userId: string,
  ): Promise<string | undefined> {
    const { settings, index } = this.lifecycle;
    await this.crossing.refuse(session.resolve());
    const { state, budget, absence, cookie } = session;
    const sent = cookie.verified && keyOf(cookie.verified.id, settings);
    const from = 'stored' in state ? session.key : sent;
    if (from === undefined || session.isEndedHere || index === undefined) return undefined;
    const found = await this.lookup.find(from, budget, undefined, 'any');
    if (!isReachable(found)) throw new SessionRotatedError();
    const { key, opened } = found;
    if (opened.is === 'live') {
      return opened.record.metadata.userId === userId ? lineageOf(opened.record, key) : undefined;
    }
    if (session.record().metadata.userId !== userId && absence === 'anonymous') return undefined;
    throw new SessionGoneError(await this.reasonAt(session, absence));
  }

  /** Ends what is under a key, after the writes to it that are under way; as {@link SessionEndings.end}. */
  private endAt(
    key: string,
    stored: ReadRecord | undefined,
    known: SessionRecord | undefined,
    budget: WaitBudget,
    cause?: 'user-gone',
  ): Promise<boolean> {
    const { settings, emit } = this.lifecycle;
    const onEnd: OnEnd = (lineage, userId) =>
      emit({ type: 'destroyed', handle: handleOfKey(lineage, settings), userId, cause });
    return this.queue.alone(key, budget, () => this.endings.end(key, stored, known, onEnd, budget));
  }

  /** True if the session that the browser came with may be live: only another instance has its key. */
  private mayLiveOn({ state }: RequestSession): boolean {
    return state.is === 'new' && state.because === 'unreadable';
  }

  /** Returns why a session that was there is over. */
  private async reasonAt(session: RequestSession, absence: AbsenceReason): Promise<AbsenceReason> {
    if (absence !== 'anonymous') return absence;
    const { store, records } = this.lifecycle;
    const there = await store.read(session.key, session.budget);
    const reason = there === undefined ? 'expired' : records.read(there, session.key);
    if (typeof reason === 'object' || reason === 'unreadable' || reason === 'rotated')
      return 'expired';
    return reason;
  }
}
