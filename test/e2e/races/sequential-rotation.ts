import type { Keep } from './plan.js';
import { anew, begin, lost, nextName } from './sequential-steps.js';
import { changesBetween, kept, merged, NONE, trailFrom, without } from './sequential-world.js';
import type { Mark, Outcome, Running, Trail, World } from './sequential-world.js';

export interface Rotation {
  readonly wish: 'sign in' | 'confirm' | 'regenerate';
  readonly user: string | undefined;
  readonly keep: Keep;
}

/** True when nothing comes of it if the session has gone. */
const continues = ({ wish, keep }: Rotation): boolean =>
  wish === 'confirm' || (wish === 'regenerate' && keep !== 'none');

/** Gives the session a new name, or the one that another request has just given it. */
export function rotate(world: World, before: Running, actor: number, rotation: Rotation): Outcome {
  const self: Running = before.state === 'ended' ? anew(before, 'open') : before;
  const { name, formerName, state } = self;
  if (state === 'gone' && continues(rotation)) return { world, self };
  const isMarked = formerName !== undefined && world.marks[formerName] !== undefined;
  if (formerName !== undefined && isMarked) return cross(world, self, actor, rotation, formerName);
  if (name === undefined) {
    return begin(world, self, actor, rotation.user, kept(self.view, rotation.keep));
  }
  const session = state === 'gone' ? undefined : world.living[name];
  if (session !== undefined) return depart(world, self, actor, rotation, name);
  if (state !== 'gone' && world.marks[name] !== undefined) {
    return cross(world, self, actor, rotation, name);
  }
  return beginOwn(world, self, actor, rotation);
}

/** The session gets a name that nobody had before, and a mark stands at the one it had. */
function depart(
  world: World,
  self: Running,
  actor: number,
  rotation: Rotation,
  from: string,
): Outcome {
  const { user, keep } = rotation;
  const session = world.living[from];
  const changes = changesBetween(self.base, self.view);
  const attributes = kept(merged(session?.attributes ?? NONE, changes), keep);
  const isSame = continues(rotation) && keep === 'all' && session?.user === user;
  const left = { ...world, living: without(world.living, from) };
  const marked = mark(left, from, nextName(self, actor), isSame ? 'same-user' : 'sign-in');
  return begin(marked, self, actor, user, attributes);
}

/** The session has ended: what continues it is over, and a sign-in begins one of its own. */
function beginOwn(world: World, self: Running, actor: number, rotation: Rotation): Outcome {
  if (continues(rotation)) return { world, self: { ...self, state: 'gone' } };
  const own = kept(merged(NONE, changesBetween(self.base, self.view)), rotation.keep);
  return begin(world, self, actor, rotation.user, own);
}

/** A mark stands where the session was. */
function cross(
  world: World,
  self: Running,
  actor: number,
  rotation: Rotation,
  from: string,
): Outcome {
  const trail = trailFrom(world, from);
  if (trail.is === 'over') {
    // Who came when it was over has nothing of it, and no new session yet.
    const isNew = self.state === 'open' && self.name === undefined;
    if (isNew && rotation.wish === 'regenerate') {
      return begin(world, self, actor, rotation.user, kept(self.view, rotation.keep));
    }
    const isMarked = world.marks[from] !== undefined && !continues(rotation);
    const next = isMarked ? mark(world, from, nextName(self, actor), 'sign-in') : world;
    return beginOwn(next, self, actor, rotation);
  }
  if (isJoined(world, trail, rotation)) return join(world, self, trail, rotation);
  if (rotation.wish === 'sign in' && !isRefused(world, trail, rotation)) {
    return beginOwn(world, self, actor, rotation);
  }
  return { world, self: lost({ ...self, formerName: from }) };
}

/** True for a sign-in that would make a second session of one whose browser is just given its new id. */
function isRefused({ living }: World, { edges, end, is }: Trail, { user }: Rotation): boolean {
  if (is !== 'live') return false;
  const other = living[end]?.user;
  return other === undefined || (other === user && edges[0] === 'same-user');
}

function isJoined({ living }: World, { edges, end, is }: Trail, { wish, user }: Rotation): boolean {
  if (is !== 'live' || wish === 'regenerate') return false;
  if (wish === 'confirm') return edges.every((edge) => edge === 'same-user');
  return edges.length === 1 && edges[0] === 'sign-in' && living[end]?.user === user;
}

/** The request has the session under the name that another one has given it, with its own changes. */
function join(world: World, self: Running, { end }: Trail, { keep }: Rotation): Outcome {
  const { user, attributes: there = NONE } = world.living[end] ?? {};
  const changes = changesBetween(self.base, self.view);
  const own = changes.filter(
    ([name]) => keep === 'all' || (keep !== 'none' && keep.includes(name)),
  );
  const attributes = merged(there, own);
  return {
    world: { ...world, living: { ...world.living, [end]: { user, attributes } } },
    self: {
      ...self,
      state: 'open',
      name: end,
      formerName: undefined,
      user,
      base: attributes,
      view: attributes,
      hasNewName: true,
    },
  };
}

function mark(world: World, from: string, to: string, edge: Mark['edge']): World {
  return { ...world, marks: { ...world.marks, [from]: { to, edge } } };
}
