import type {
  Conflict,
  ReadRecord,
  SessionLimit,
  StoredRecord,
} from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import { IdInUseError } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import { draftOf, markOf } from './move.js';
import type { Arrival, SessionMove } from './move.js';

/** Moves a session step by step: the new record is stored first, and the former one gives way last. */
export class MoveInSteps {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  /** The record under the new key; `full` when the user may not have one more session. */
  async move(
    move: SessionMove,
    draft: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<Arrival | 'gone' | 'full'> {
    const { key, session, keepsEntry } = move;
    const { store } = this.lifecycle;
    const created = await store.create(key, draft, session.budget);
    if (created === 'taken') throw new IdInUseError();
    if (!keepsEntry && !(await this.add(move, draft, limit))) return 'full';
    const arrival = await this.takeOver(move, { draft, version: created.version });
    if (arrival === 'gone') return arrival;
    const isEntered = await this.isEntered(move, arrival, limit);
    return isEntered === true ? arrival : isEntered;
  }

  /**
   * Has the index know the session by its new key. If its entry is gone, the session was ended
   * meanwhile: a sign-in makes a new entry, and anything else ends here.
   */
  private async isEntered(
    move: SessionMove,
    { draft, isFormerOurs }: Arrival,
    limit: SessionLimit | undefined,
  ): Promise<true | 'gone' | 'full'> {
    const { session, rotation, key, keepsEntry } = move;
    const { budget, userId } = session;
    if (!keepsEntry) {
      if (isFormerOurs) await this.index.remove(userId, session.key, budget);
      return true;
    }
    const { record } = draft;
    if (isFormerOurs && (await this.index.move(session.key, key, record, budget))) return true;
    if (rotation.continues) return 'gone';
    return (await this.add(move, draft, limit)) || 'full';
  }

  private async add(
    { key, session }: SessionMove,
    { record }: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<boolean> {
    return this.index.add(key, record, limit, session.budget);
  }

  /**
   * Has the former record give way, only as it was loaded; what other requests stored there meanwhile
   * is merged into the new one.
   */
  private async takeOver(
    move: SessionMove,
    first: Pick<Arrival, 'draft' | 'version'>,
  ): Promise<Arrival | 'gone'> {
    const { store, records } = this.lifecycle;
    const { session, rotation, former, key } = move;
    if (former === undefined) return { ...first, isFormerOurs: false, isOver: false };
    let arrival: Arrival = { ...first, isFormerOurs: true, isOver: false };
    const inherit = async (inherited: SessionAttributes, isFormerOurs: boolean): Promise<void> => {
      const draft = draftOf(this.lifecycle, move, inherited);
      const outcome = await store.replace(key, arrival.version, draft, session.budget);
      const isWritten = typeof outcome === 'object' && 'version' in outcome;
      const version = isWritten ? outcome.version : arrival.version;
      arrival = { draft, version, isFormerOurs, isOver: arrival.isOver || !isWritten };
    };
    const mark = markOf(this.lifecycle, move);
    const given = await compareAndSwap(former, async (seen, turn) => {
      const newer = seen === former ? undefined : records.read(seen, session);
      if (typeof newer === 'object') await inherit(newer.attributes, true);
      const outcome =
        typeof newer === 'string' ? 'gone' : await this.giveWay(session, seen, mark, turn);
      if (outcome === 'gone' && !rotation.continues) await inherit({}, false);
      return outcome;
    });
    return given === 'gone' && rotation.continues ? 'gone' : arrival;
  }

  /** Puts the mark in the former record's place, or removes that, where no mark can be left. */
  private async giveWay(
    { key, budget }: RequestSession,
    { version }: ReadRecord,
    mark: StoredRecord | undefined,
    turn: string | undefined,
  ): Promise<'given' | 'gone' | 'busy' | Conflict> {
    const { store } = this.lifecycle;
    if (mark === undefined) {
      const outcome = await store.remove(key, version, budget);
      return outcome === 'removed' ? 'given' : outcome;
    }
    try {
      const outcome = await store.replace(key, version, mark, budget, turn);
      return typeof outcome === 'string' || 'conflict' in outcome ? outcome : 'given';
    } catch (error) {
      // Whether it was done is unknown, and the mark, which is no other's, tells.
      if ((await store.read(key, budget))?.payload === mark.payload) return 'given';
      throw error;
    }
  }
}
