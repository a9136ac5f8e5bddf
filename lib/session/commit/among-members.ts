import type { Member } from './members.js';

/** Those that still want something of a session that is there. */
export function liveAmong(members: readonly Member[]): readonly Member[] {
  return members.filter(({ isWaiting, session }) => isWaiting && session.state.is === 'stored');
}

export function countWaiting(members: readonly Member[]): number {
  return members.filter(({ isWaiting }) => isWaiting).length;
}

/**
 * The member that may wait longest: for so long the store may take for all of them, so that none fails
 * because of another. Each of the others gives up when its own time is over.
 */
export function mostPatient<T extends Member>([first, ...others]: readonly T[]): T | undefined {
  return others.reduce(
    (longest, other) => (longest && other.budget.left <= longest.budget.left ? longest : other),
    first,
  );
}

/**
 * Does something for each member that waits. One for which it throws hears of that, and nobody else does.
 * @returns for how many it was done
 */
export function forEachAlone(
  members: readonly Member[],
  perform: (member: Member) => void,
): number {
  let count = 0;
  for (const member of members.filter(({ isWaiting }) => isWaiting)) {
    try {
      perform(member);
      count += 1;
    } catch (error) {
      member.reject(error);
    }
  }
  return count;
}

/** The session of all of them is gone. */
export function lose(members: readonly Member[]): undefined {
  for (const member of members) member.lose();
}
