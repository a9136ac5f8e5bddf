import type { Member } from './members.js';

/** Returns those that still wait, and whose session is there. */
export function liveAmong(members: readonly Member[]): readonly Member[] {
  return members.filter(({ isWaiting, session }) => isWaiting && session.state.is === 'stored');
}

export function countWaiting(members: readonly Member[]): number {
  return members.filter(({ isWaiting }) => isWaiting).length;
}

/**
 * Returns the member that may wait longest. The store may take that long for all of them, so that none fails
 * because of another; each of the others gives up when its own time is over.
 */
export function mostPatient<T extends Member>([first, ...others]: readonly T[]): T | undefined {
  return others.reduce(
    (longest, other) => (longest && other.budget.left <= longest.budget.left ? longest : other),
    first,
  );
}

/**
 * Does something for each member that waits. If it throws for one, only that member is told.
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

/** Tells all members that their session is gone. */
export function lose(members: readonly Member[]): undefined {
  for (const member of members) member.lose();
}
