import { needsRecords, SessionGoneError } from './errors.js';
import { handleOfKey, keyOf } from './ids.js';
import type { Lifecycle } from './lifecycle.js';
import type { AbsenceReason } from './record/absence.js';
import { lineageOf } from './record/session-record.js';
import type { SessionRecord } from './record/session-record.js';
import type { ReadRecord } from '../stores/session-store.js';
import type { Member } from './commit/members.js';
import type { WriteQueue } from './commit/write-queue.js';
import type { WaitBudget } from './storage/wait-budget.js';
import type { RequestSession } from './state/request-session.js';
import type { SessionEndings } from './users/session-endings.js';
import type { SessionLookup } from './users/session-lookup.js';

/** Ends sessions on behalf of a request, its own above all, and says which one to spare. */
export class RequestEndings {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly queue: WriteQueue<Member>,
    private readonly lookup: SessionLookup,
    private readonly endings: SessionEndings,
  ) {}

  /** Ends the session of a request, and any other that its browser would come back with instead. */
  async end(session: RequestSession): Promise<void> {
    const { state, key, budget } = session.resolve();
    const { verified, others = [] } = session.cookie;
    for (const { id } of others) {
      await this.endAt(keyOf(id, this.lifecycle.settings), undefined, undefined, budget);
    }
    if ('stored' in state) {
      const stored = state.is === 'stored' ? state.stored : undefined;
      await this.endAt(key, stored, session.record(), budget);
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
   * The lineage of a request's session, which is to be spared when all sessions of a user are ended;
   * `undefined` if it is not one of them.
   * @throws SessionGoneError if it has been ended meanwhile
   */
  async lineageToSpare(session: RequestSession, userId: string): Promise<string | undefined> {
    const { settings, index } = this.lifecycle;
    const { state, budget, absence, cookie } = session.resolve();
    const id = 'stored' in state ? session.id : cookie.verified?.id;
    if (id === undefined || session.isEndedHere || index === undefined) return undefined;
    const { key, opened } = await this.lookup.find(keyOf(id, settings), budget);
    if (opened.is === 'live') {
      return opened.record.metadata.userId === userId ? lineageOf(opened.record, key) : undefined;
    }
    if (session.record().metadata.userId !== userId && absence === 'anonymous') return undefined;
    throw new SessionGoneError(await this.reasonAt(session, absence));
  }

  /** Ends what is under a key, after the writes to it that are under way. */
  private endAt(
    key: string,
    stored: ReadRecord | undefined,
    known: SessionRecord | undefined,
    budget: WaitBudget,
  ): Promise<void> {
    return this.queue.alone(key, budget, () =>
      this.endings.end(key, stored, known, this.destroyed, budget),
    );
  }

  /**
   * True if the session that the browser came with may still be live: it got a new id just before this
   * request came, or only another instance has the key to its record.
   */
  private mayLiveOn({ state }: RequestSession): boolean {
    if (state.is !== 'new') return false;
    const { settings, index } = this.lifecycle;
    const isMarked = index !== undefined && settings.hashIds && state.because === 'expired';
    return isMarked || state.because === 'unreadable';
  }

  private readonly destroyed = (key: string, userId: string | undefined): void => {
    const { settings, emit } = this.lifecycle;
    emit({ type: 'destroyed', handle: handleOfKey(key, settings), userId });
  };

  /** Why a session that was there is over. */
  private async reasonAt(session: RequestSession, absence: AbsenceReason): Promise<AbsenceReason> {
    if (absence !== 'anonymous') return absence;
    const { store, records } = this.lifecycle;
    const there = await store.read(session.key, session.budget);
    const reason = there === undefined ? 'expired' : records.read(there, session);
    return typeof reason === 'string' && reason !== 'unreadable' ? reason : 'expired';
  }
}
