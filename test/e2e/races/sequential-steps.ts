import { NONE, trailFrom } from './sequential-world.js';
import type { Attributes, Outcome, Running, World } from './sequential-world.js';

export function nextName({ named }: Running, actor: number): string {
  return `${actor}.${named}`;
}

/** A session lives from here on, under a name that nobody had before. */
export function begin(
  world: World,
  self: Running,
  actor: number,
  user: string | undefined,
  attributes: Attributes,
): Outcome {
  const name = nextName(self, actor);
  return {
    world: { ...world, living: { ...world.living, [name]: { user, attributes } } },
    self: {
      ...self,
      state: 'open',
      name,
      formerName: undefined,
      user,
      base: attributes,
      view: attributes,
      named: self.named + 1,
      hasNewName: true,
    },
  };
}

/** Nothing is left of the session in the request's hands. */
export function anew(self: Running, state: Running['state']): Running {
  return {
    ...self,
    state,
    name: undefined,
    formerName: undefined,
    user: undefined,
    base: NONE,
    view: NONE,
    hasNewName: false,
  };
}

/** A sign-in has made another session of it: what was asked is refused. */
export function lost(self: Running): Running {
  const formerName = self.formerName ?? self.name;
  return { ...self, state: 'rotated', formerName, hasNewName: false, isRefused: true };
}

/** The same for one that knows it already; if the other session is over, too, it has just ended. */
export function refusedIfAlive(world: World, self: Running): Running {
  const { formerName = '', name } = self;
  if (trailFrom(world, formerName).is !== 'over') return { ...self, isRefused: true };
  return name === undefined
    ? { ...anew(self, 'open'), formerName }
    : { ...self, state: 'gone', formerName: undefined };
}
