import type { ReadRecord } from '../../stores/session-store.js';
import { markAt } from '../crossing/mark-at.js';
import { SessionSnapshot } from '../data/snapshot.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import type { Absence } from '../record/absence.js';
import type { SessionMetadata, SessionRecord } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { CookieChange } from '../state/session-view.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { Retry } from '../storage/compare-and-swap.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { SessionIndex } from '../users/session-index.js';
import { countWaiting, forEachAlone, lose, mostPatient } from './among-members.js';
import { isIndexDue } from './index-due.js';
import { ownRecord, readRecord, writtenRecord } from './known-record.js';
import type { KnownRecord } from './known-record.js';
import type { Member } from './members.js';

/** The mark of a session that got a new id was in the place of the record. */
export interface Met {
  readonly mark: ReadRecord;
}

/** What is in the store after a write, where that is known. */
export type Stored = KnownRecord | Met | undefined;

/** What a write changes in a record besides its attributes. */
type MetadataChanges = Pick<SessionMetadata, 'cookie' | 'indexedAt'>;

/** What is to replace a record that was met. */
interface Attempt {
  readonly seen: ReadRecord;
  readonly draft: RecordDraft;
  /** True for the change of one member to the record that it has loaded itself. */
  readonly isOwn: boolean;
  /** How many members have a part in it. */
  readonly waiting: number;
}

/** The outcome of a write that several members may share. */
type Swapped =
  | Met
  | 'gone'
  | 'unchanged'
  | 'not in the index'
  | { readonly known: KnownRecord; readonly own: SessionRecord | undefined };

const NONE: MetadataChanges = {};

/** Stores the record that members want to have stored, and tells them when it is. */
export class RecordWrite {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  /**
   * Writes for a member that waits alone. Nearly always nobody else has written its session since it was
   * loaded, and there is nothing to merge.
   */
  async writeOwn(member: Member): Promise<Stored> {
    const { session, key, budget } = member;
    const own = ownRecord(session);
    // At once, if nobody has to be waited for: the application goes on with its session.
    const snapshot = own && member.ownSnapshot();
    if (own === undefined || snapshot === undefined) return undefined; // it changed nothing
    const due = this.metadataChanges(member.cookieChange, session, own, budget);
    const changes = due instanceof Promise ? await due : due;
    if (changes === undefined) return this.withoutEntry([member], budget);
    const { store, drafts } = this.lifecycle;
    const metadata = changes === NONE ? own.metadata : { ...own.metadata, ...changes };
    const draft = drafts.of(session, metadata, snapshot);
    const outcome = await store.replace(key, own.stored.version, draft, budget);
    if (outcome === 'gone') return lose([member]);
    if (outcome === 'busy' || 'conflict' in outcome) {
      const attempt = { seen: own.stored, draft, isOwn: true, waiting: 1 };
      return this.writeMerged([member], undefined, { attempt, met: outcome });
    }
    const known = writtenRecord(draft, outcome.version);
    member.written(known, draft.record);
    return known;
  }

  /**
   * Writes for several members, or after somebody else: each makes its change to what is there.
   * @param newest what this process has stored last
   * @param first an attempt that was made already
   */
  async writeMerged(
    live: readonly Member[],
    newest: KnownRecord | undefined,
    first?: { readonly attempt: Attempt; readonly met: Retry<ReadRecord> },
  ): Promise<Stored> {
    const patient = mostPatient(live);
    // One request that uses the session extends it, whatever the others are.
    const last = live.findLast(({ session }) => session.idleExtension !== 'never') ?? live.at(-1);
    const base = newest ?? (last && ownRecord(last.session));
    if (patient === undefined || last === undefined || base === undefined) return newest;
    const { budget } = patient;
    const { store, drafts } = this.lifecycle;
    let attempt = first?.attempt;
    const swap = async (seen: ReadRecord, turn?: string): Promise<Swapped | Retry<ReadRecord>> => {
      // Made once for each record that is met, however long it takes until it is this instance's turn;
      // and again where a member has given up meanwhile.
      if (attempt?.seen !== seen || attempt.waiting !== countWaiting(live)) {
        if (countWaiting(live) === 0) return 'unchanged';
        const known = seen === base.stored ? base : this.read(seen, last.session);
        if (typeof known === 'string') return known === 'rotated' ? { mark: seen } : 'gone';
        const snapshot = merged(live, known);
        if (snapshot === undefined) return 'unchanged';
        const waiting = countWaiting(live);
        const due = this.metadataChanges(cookieChangeAmong(live), last.session, known, budget);
        const changes = due instanceof Promise ? await due : due;
        if (changes === undefined) return 'not in the index';
        const metadata = { ...known.metadata, ...changes };
        const draft = drafts.of(last.session, metadata, snapshot);
        attempt = { seen, draft, isOwn: false, waiting };
      }
      const { draft, isOwn } = attempt;
      const outcome = await store.replace(last.key, seen.version, draft, budget, turn);
      if (typeof outcome === 'string' || 'conflict' in outcome) return outcome;
      const own = isOwn ? draft.record : undefined;
      return { known: writtenRecord(draft, outcome.version), own };
    };
    const written = await compareAndSwap(base.stored, swap, first?.met);
    if (written === 'gone') return lose(live);
    if (written === 'unchanged') return newest;
    if (written === 'not in the index') return this.withoutEntry(live, budget);
    if ('mark' in written) return written;
    const { known, own } = written;
    forEachAlone(live, (member) => member.written(known, own));
    return known;
  }

  private read(stored: ReadRecord, { key }: RequestSession): KnownRecord | Absence {
    const record = this.lifecycle.records.read(stored, key);
    return typeof record === 'object' ? readRecord(stored, record) : record;
  }

  /**
   * Returns what the record should say about its cookie and its index; `undefined` when the session is over.
   * The index is asked only now and then.
   * @param change that of the last member that has changed its cookie
   */
  private metadataChanges(
    change: CookieChange,
    session: RequestSession,
    base: KnownRecord,
    budget: WaitBudget,
  ): MetadataChanges | Promise<MetadataChanges | undefined> {
    const isDue = 'cookie' in change || isIndexDue(session, base, this.index, this.lifecycle);
    if (!isDue) return NONE;
    return this.index
      .refresh(session, { ...base.metadata, ...change }, budget)
      .then((isThere) =>
        isThere ? { ...change, indexedAt: this.lifecycle.settings.clock() } : undefined,
      );
  }

  /** Called when the entry in the index is gone: with the session, or because it is under its new key. */
  private async withoutEntry(live: readonly Member[], budget: WaitBudget): Promise<Stored> {
    const [member] = live;
    const mark = member && (await markAt(this.lifecycle, member.key, budget));
    return mark === undefined ? lose(live) : { mark };
  }
}

/** Returns what all members, one after the other, make of a record; one that throws is left out. */
function merged(members: readonly Member[], known: KnownRecord): SessionSnapshot | undefined {
  let attributes = known.attributes();
  const changes = forEachAlone(members, (member) => {
    attributes = member.change(attributes);
  });
  const cookie = members.at(-1)?.session.view.cookieAttributes();
  return changes > 0 && cookie ? SessionSnapshot.ofStored(attributes, cookie) : undefined;
}

function cookieChangeAmong(members: readonly Member[]): CookieChange {
  const changed = members.findLast(
    ({ isWaiting, cookieChange }) => isWaiting && 'cookie' in cookieChange,
  );
  return changed?.cookieChange ?? {};
}
