import type { ReadRecord } from '../../stores/session-store.js';
import type { SessionCrossing } from '../crossing/crossing.js';
import { markAt } from '../crossing/mark-at.js';
import { SessionSnapshot } from '../data/snapshot.js';
import { isRejection } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { Absence } from '../record/absence.js';
import type { SessionMetadata } from '../record/session-record.js';
import { isIntervalOver } from '../record/timeouts.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { SessionIndex } from '../users/session-index.js';
import { countWaiting, forEachAlone, liveAmong, mostPatient } from './among-members.js';
import { isIndexDue } from './index-due.js';
import { ownRecord, readRecord, writtenRecord } from './known-record.js';
import type { KnownRecord } from './known-record.js';
import { TouchMember } from './members.js';
import type { Member } from './members.js';

/** What a write changes in a record beside its attributes. */
type MetadataChanges = Pick<SessionMetadata, 'cookie' | 'indexedAt'>;

/** What is to take the place of a record that was met. */
interface Attempt {
  readonly seen: ReadRecord;
  readonly draft: RecordDraft;
  /** True for the change of one member to the record that it has loaded itself. */
  readonly isOwn: boolean;
  /** How many members have a part in it. */
  readonly waiting: number;
}

/** In the place of the record was the mark of a session that got a new id. */
interface Met {
  readonly mark: ReadRecord;
}

/** After so many rejections in a row, a store takes nothing of a group. */
const MAX_REJECTIONS = 2;

/** Stores what several requests did to one session, by one write. */
export class GroupWrite {
  /** @param rejoin has a member written where its session is now */
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly crossing: SessionCrossing,
    private readonly rejoin: (member: Member) => void,
  ) {}

  /**
   * Settles each member, and answers what is in the store then, where that is known.
   * @param newest what the last write of this process has left there
   */
  write(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | undefined> {
    return this.storeAndTell(members, newest).catch((error: unknown) => {
      if (isRejection(error) && members.length > 1) return this.writeEach(members, newest);
      for (const member of members) if (member.isWaiting) member.reject(error);
      return undefined;
    });
  }

  /** A record that is too large, say, fails only its own request. */
  private async writeEach(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | undefined> {
    let known = newest;
    let rejections: unknown[] = [];
    for (const member of members.filter(({ isWaiting }) => isWaiting)) {
      try {
        if (rejections.length === MAX_REJECTIONS) throw rejections[0];
        known = await this.storeAndTell([member], known);
        rejections = [];
      } catch (error) {
        if (rejections.length < MAX_REJECTIONS) rejections.push(error);
        member.reject(error);
      }
    }
    return known;
  }

  private async storeAndTell(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | undefined> {
    const outcome = await this.store(members, newest);
    const isMet = outcome !== undefined && 'mark' in outcome;
    const left = isMet ? await this.cross(members, outcome.mark) : [];
    for (const member of members) {
      if (member.isWaiting && !left.includes(member)) member.resolve();
    }
    return isMet ? undefined : outcome;
  }

  /** The session got a new id meanwhile. Answers the members that go on with it there. */
  private async cross(members: readonly Member[], mark: ReadRecord): Promise<readonly Member[]> {
    const live = liveAmong(members);
    const patient = mostPatient(live);
    if (patient === undefined) return [];
    const crossing = await this.crossing.meet(patient.session, mark);
    if (crossing.is === 'over') {
      lose(live);
      return [];
    }
    forEachAlone(live, (member) => {
      if (crossing.is === 'refuse') member.refuse(crossing.successor);
      else member.follow(crossing.to);
    });
    const left = live.filter(({ isWaiting }) => isWaiting);
    for (const member of left) this.rejoin(member);
    return left;
  }

  private async store(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | Met | undefined> {
    const live = liveAmong(members);
    const patient = mostPatient(live);
    // One request that uses the session extends it, whatever the others are.
    const last = live.findLast(({ session }) => session.idleExtension !== 'never') ?? live.at(-1);
    const own = last && ownRecord(last.session);
    const base = newest ?? own;
    if (patient === undefined || last === undefined || base === undefined) return newest;
    const { budget } = patient;
    const touches = live.filter((member) => member instanceof TouchMember);
    const isLeftIdle =
      newest !== undefined && isIntervalOver(newest.metadata.seenAt, this.lifecycle.settings);
    if (touches.length === live.length && !isLeftIdle) return touchAll(touches, newest);
    const isAlone = live.length === 1 && base === own;
    // At once, where nobody has to be waited for: the application goes on with its session.
    const ownSnapshot = isAlone ? last.ownSnapshot() : undefined;
    if (isAlone && ownSnapshot === undefined) return newest; // it changed nothing
    const { store, drafts } = this.lifecycle;
    let attempt: Attempt | undefined;
    const written = await compareAndSwap(base.stored, async (seen, turn) => {
      // Made once for each record that is met, however long it takes until it is this instance's turn;
      // and again where a member has given up meanwhile.
      if (attempt?.seen !== seen || attempt.waiting !== countWaiting(live)) {
        if (countWaiting(live) === 0) return 'unchanged';
        const known = seen === base.stored ? base : this.read(seen, last.session);
        if (typeof known === 'string') return known === 'rotated' ? { mark: seen } : 'gone';
        const isOwn = isAlone && known === own;
        const snapshot = isOwn ? ownSnapshot : this.merged(live, known);
        if (snapshot === undefined) return 'unchanged';
        const waiting = countWaiting(live);
        const due = this.metadataChanges(live, last.session, known, budget);
        const changes = due instanceof Promise ? await due : due;
        if (changes === undefined) {
          // Its entry may be gone because it is under the session's new key.
          const mark = await markAt(this.lifecycle, last.key, budget);
          return mark === undefined ? 'gone' : { mark };
        }
        const metadata = { ...known.metadata, ...changes };
        attempt = { seen, isOwn, waiting, draft: drafts.of(last.session, metadata, snapshot) };
      }
      const { draft, isOwn } = attempt;
      const outcome = await store.replace(last.key, seen.version, draft, budget, turn);
      if (typeof outcome === 'string' || 'conflict' in outcome) return outcome;
      return { known: writtenRecord(draft, outcome.version), isOwn };
    });
    if (written === 'gone') return lose(live);
    if (written === 'unchanged') return newest;
    if (written.mark !== undefined) return { mark: written.mark };
    const { known, isOwn } = written;
    forEachAlone(live, (member) => member.written(known, !isOwn));
    return known;
  }

  private read(stored: ReadRecord, { key }: RequestSession): KnownRecord | Absence {
    const record = this.lifecycle.records.read(stored, key);
    return typeof record === 'object' ? readRecord(stored, record) : record;
  }

  /** What all members make of a record, one after the other; one that throws is left out. */
  private merged(members: readonly Member[], known: KnownRecord): SessionSnapshot | undefined {
    let attributes = known.attributes();
    const changes = forEachAlone(members, (member) => {
      attributes = member.change(attributes);
    });
    const cookie = members.at(-1)?.session.view.cookieAttributes();
    return changes > 0 && cookie ? SessionSnapshot.ofStored(attributes, cookie) : undefined;
  }

  /**
   * What the record should say of its cookie and its index, once each member has made its change;
   * `undefined` when the session is over. The index is asked only now and then.
   */
  private metadataChanges(
    members: readonly Member[],
    session: RequestSession,
    base: KnownRecord,
    budget: WaitBudget,
  ): MetadataChanges | Promise<MetadataChanges | undefined> {
    const cookie = members
      .filter(({ isWaiting }) => isWaiting)
      .findLast(({ cookieChange }) => 'cookie' in cookieChange)?.cookieChange;
    const isDue = cookie !== undefined || isIndexDue(session, base, this.index, this.lifecycle);
    if (!isDue) return {};
    return this.index
      .refresh(session, { ...base.metadata, ...cookie }, budget)
      .then((isThere) =>
        isThere ? { ...cookie, indexedAt: this.lifecycle.settings.clock() } : undefined,
      );
  }
}

/** Whoever has just written the session has extended it as well; else the first that can does. */
async function touchAll(
  members: readonly TouchMember[],
  newest: KnownRecord | undefined,
): Promise<KnownRecord | undefined> {
  let known = newest;
  const patient = mostPatient(members);
  const inOrder = patient ? [patient, ...members.filter((other) => other !== patient)] : [];
  for (const member of inOrder) {
    if (known !== undefined) member.written();
    else known = await member.touch();
    if (member.session.state.is === 'ended') return lose(members);
  }
  return known;
}

function lose(members: readonly Member[]): undefined {
  for (const member of members) member.lose();
}
