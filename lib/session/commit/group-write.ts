import type { SessionCrossing } from '../crossing/crossing.js';
import { isRejection } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import { isIntervalOver } from '../record/timeouts.js';
import { forEachAlone, liveAmong, lose, mostPatient } from './among-members.js';
import type { KnownRecord } from './known-record.js';
import { TouchMember } from './members.js';
import type { Member } from './members.js';
import type { Met, RecordWrite, Stored } from './record-write.js';

/** After this many rejections in a row, the others of a group are rejected, too. */
const MAX_REJECTIONS = 2;

/** Stores what several requests did to one session, in one write. */
export class GroupWrite {
  /** @param rejoin gets a member written where its session is now */
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly records: RecordWrite,
    private readonly crossing: SessionCrossing,
    private readonly rejoin: (member: Member) => void,
  ) {}

  /**
   * Settles each member, and returns what is in the store then, if that is known.
   * @param newest what the last write of this process has left there
   */
  async write(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | undefined> {
    try {
      const stored = await this.store(members, newest);
      return isMark(stored) ? await this.cross(members, stored) : told(members, stored);
    } catch (error) {
      if (isRejection(error) && members.length > 1) return this.writeEach(members, newest);
      for (const member of members) member.reject(error);
      return undefined;
    }
  }

  /** Writes each member by itself: a record that is too large, say, fails only its own request. */
  private async writeEach(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<KnownRecord | undefined> {
    let known = newest;
    let rejections: unknown[] = [];
    for (const member of members.filter(({ isWaiting }) => isWaiting)) {
      try {
        if (rejections.length === MAX_REJECTIONS) throw rejections[0];
        const stored = await this.store([member], known);
        known = isMark(stored) ? await this.cross([member], stored) : told([member], stored);
        rejections = [];
      } catch (error) {
        if (rejections.length < MAX_REJECTIONS) rejections.push(error);
        member.reject(error);
      }
    }
    return known;
  }

  /** Writes, under the new id that the session got meanwhile, those members that go on with it. */
  private async cross(members: readonly Member[], { mark }: Met): Promise<undefined> {
    const live = liveAmong(members);
    const patient = mostPatient(live);
    if (patient === undefined) return told(members, undefined);
    const crossing = await this.crossing.meet(patient.session, mark);
    if (crossing.is === 'over') {
      lose(live);
      return told(members, undefined);
    }
    forEachAlone(live, (member) => {
      if (crossing.is === 'refuse') member.refuse(crossing.successor);
      else member.follow(crossing.to);
    });
    const left = live.filter(({ isWaiting }) => isWaiting);
    for (const member of left) this.rejoin(member);
    const others = members.filter((member) => !left.includes(member));
    return told(others, undefined);
  }

  private store(
    members: readonly Member[],
    newest: KnownRecord | undefined,
  ): Promise<Stored> | Stored {
    const live = liveAmong(members);
    const [first] = live;
    if (first === undefined) return newest;
    const isAlone = live.length === 1 && newest === undefined;
    if (isAlone && !(first instanceof TouchMember)) return this.records.writeOwn(first);
    const touches = live.filter((member) => member instanceof TouchMember);
    const isLeftIdle =
      newest !== undefined && isIntervalOver(newest.metadata.seenAt, this.lifecycle.settings);
    if (touches.length === live.length && !isLeftIdle) return touchAll(touches, newest);
    return this.records.writeMerged(live, newest);
  }
}

/**
 * Touches the session for its members: whoever has just written it has extended it; else the first that can
 * does.
 */
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

function isMark(stored: Stored): stored is Met {
  return stored !== undefined && 'mark' in stored;
}

/** Tells the members that still wait that it is done. */
function told<T>(members: readonly Member[], outcome: T): T {
  for (const member of members) if (member.isWaiting) member.resolve();
  return outcome;
}
