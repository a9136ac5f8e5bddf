import type { AbsenceReason } from './record/absence.js';
import type { BoundedStore } from './storage/bounded-store.js';
import type { PayloadReader } from './record/payload-reader.js';
import { lineageOf } from './record/record-reader.js';
import type { RequestSession } from './request-session.js';
import type { SessionEndings } from './users/session-endings.js';
import { needsRecords, SessionGoneError } from './errors.js';
import type { Emit } from './events.js';
import { handleOf, keyOf } from './ids.js';
import type { SessionLookup } from './users/session-lookup.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { UserSessions } from './users/user-sessions.js';

/** What a request ends by itself, its own session before all, and what it spares. */
export class RequestEndings {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly lookup: SessionLookup,
    private readonly endings: SessionEndings,
    private readonly users: UserSessions,
    private readonly carryRecords: boolean,
    private readonly readPayload: PayloadReader,
    private readonly emit: Emit,
  ) {}

  /** Ends the session of a request. */
  async end(session: RequestSession): Promise<void> {
    if (session.failure !== undefined) throw session.failure;
    const record = session.loaded(); // shows whether there still is a session to end
    const { verified } = session.cookieReading;
    if (session.stored !== undefined) {
      const stored = session.isStored ? session.stored : undefined;
      await this.endings.end(session.key, stored, record, this.destroyed, session.budget);
    } else if (verified !== undefined && this.mayLiveOn(session)) {
      const key = keyOf(verified.id, this.settings);
      await this.endings.end(key, undefined, undefined, this.destroyed, session.budget);
    }
    session.finish();
  }

  /**
   * Ends any session, by its id, in the course of a request.
   * @throws UnsupportedByStoreError where the cookies carry the records
   */
  async endById(id: string, { budget }: RequestSession): Promise<void> {
    if (this.carryRecords) {
      throw needsRecords(this.settings.storeName);
    }
    const key = keyOf(id, this.settings);
    // Where there is an index, its record tells whose entry goes with it.
    if (!this.users.isSupported) await this.store.remove(key, undefined, budget);
    else await this.endings.end(key, undefined, undefined, this.destroyed, budget);
  }

  /**
   * By what the session of a request is known that is to be spared when all of its user's are ended;
   * `undefined` where it is not one of them.
   * @throws SessionGoneError when it has been ended meanwhile
   */
  async lineageToSpare(session: RequestSession, userId: string): Promise<string | undefined> {
    const { metadata, cookieReading, budget } = session; // reading it shows whether there is one
    const { absence } = session;
    const id = session.stored === undefined ? cookieReading.verified?.id : session.id;
    if (id === undefined || session.state === 'ended' || !this.users.isSupported) return undefined;
    const { key, found } = await this.lookup.find(keyOf(id, this.settings), budget);
    if (found.is === 'live') {
      return found.record.metadata.userId === userId ? lineageOf(found.record, key) : undefined;
    }
    if (metadata.userId !== userId && absence === 'anonymous') return undefined;
    throw new SessionGoneError(await this.reasonAt(session, absence));
  }

  /**
   * True where the session that the browser came with may live all the same: it got a new id just
   * before this request came, or only another instance has the key that its record is sealed with.
   */
  private mayLiveOn({ absence, isUnreadable }: RequestSession): boolean {
    const isMarked = this.users.isSupported && this.settings.hashIds && absence === 'expired';
    return isMarked || isUnreadable;
  }

  private readonly destroyed = (key: string, userId: string | undefined): void => {
    const handle = this.settings.hashIds ? key : handleOf(key);
    this.emit({ type: 'destroyed', handle, userId });
  };

  /** Why a session that was there is none any more. */
  private async reasonAt(session: RequestSession, absence: AbsenceReason): Promise<AbsenceReason> {
    if (absence !== 'anonymous') return absence;
    const payload = await this.store.read(session.key, session.budget);
    const reason = payload === undefined ? 'expired' : this.readPayload(payload, session);
    return typeof reason === 'string' ? reason : 'expired';
  }
}
