import type { Keep } from './plan.js';
import type { ExactOperation } from './race-app.js';
import { rotate } from './sequential-rotation.js';
import { anew, begin, lost, refusedIfAlive } from './sequential-steps.js';
import { changesBetween, merged, NONE, where, without } from './sequential-world.js';
import type { Outcome, Running, World } from './sequential-world.js';

/** The result of an operation whose request was refused in the end, and did not say. */
export const UNKNOWN = Symbol('unknown');

export function perform(
  world: World,
  self: Running,
  actor: number,
  operation: ExactOperation,
  result: unknown,
): Outcome {
  switch (operation.type) {
    case 'set':
      return { world, self: { ...self, view: { ...self.view, [operation.key]: operation.value } } };
    case 'delete':
      return { world, self: { ...self, view: without(self.view, operation.key) } };
    case 'touch':
      return { world, self };
    case 'save':
      return ifUsable(world, self, (usable) => save(world, usable, actor));
    case 'increment':
      return ifUsable(world, self, (usable) => increment(world, usable, actor, result));
    case 'reload':
      return ifUsable(world, self, (usable) => reload(world, usable, result));
    case 'login': {
      const { user } = operation;
      const isOthers = self.user !== undefined && self.user !== user;
      const keep = operation.keep ?? (isOthers ? 'none' : 'all');
      return rotate(world, self, actor, { wish: 'sign in', user, keep });
    }
    case 'regenerate':
      return ifUsable(world, self, (usable) =>
        rotate(world, usable, actor, regeneration(usable, operation.keep)),
      );
    case 'confirm':
      return ifUsable(world, self, (usable) => {
        if (usable.state === 'open' && usable.user === undefined) {
          return said(world, usable, result, 'refused');
        }
        const outcome = rotate(world, usable, actor, {
          wish: 'confirm',
          user: usable.user,
          keep: 'all',
        });
        return result === 'refused' ? undefined : outcome;
      });
    case 'revoke':
      return revoke(world, self, operation.user);
    case 'replace':
    case 'logout':
      return ifUsable(world, self, (usable) =>
        end(world, usable, operation.type === 'logout' ? 'ended' : 'open'),
      );
  }
}

function regeneration({ user }: Running, keep: Keep) {
  return { wish: 'regenerate', user: keep === 'all' ? user : undefined, keep } as const;
}

/** Where a sign-in has made another session of it, an operation is refused; unless that is over, too. */
function ifUsable(world: World, self: Running, go: (usable: Running) => Outcome): Outcome {
  if (self.state !== 'rotated') return go(self);
  const refused = refusedIfAlive(world, self);
  return refused.isRefused ? { world, self: refused } : go(refused);
}

/** Stores what was changed, if anything was. */
export function store(world: World, self: Running, actor: number): Outcome {
  const isUnchanged = changesBetween(self.base, self.view).length === 0;
  if (isUnchanged) return { world, self };
  if (self.state !== 'rotated') return save(world, self, actor);
  const refused = refusedIfAlive(world, self);
  return { world, self: refused.isRefused ? refused : { ...refused, state: 'gone' } };
}

/** Stores the session as it is: where it lives, or as a new one. */
function save(world: World, self: Running, actor: number): Outcome {
  if (self.state !== 'open') return { world, self };
  if (self.name === undefined) return begin(world, self, actor, undefined, self.view);
  const at = where(world, self);
  if (at === 'gone') return { world, self: { ...self, state: 'gone' } };
  if (at === 'refused') return { world, self: lost(self) };
  const { name = '', user } = at;
  const attributes = merged(
    world.living[name]?.attributes ?? NONE,
    changesBetween(at.base, at.view),
  );
  const living = { ...world.living, [name]: { user, attributes } };
  return { world: { ...world, living }, self: { ...at, base: attributes, view: attributes } };
}

/** An increment counts on what is stored at that moment, and on this request's own changes. */
function increment(world: World, self: Running, actor: number, result: unknown): Outcome {
  const isNew = self.name === undefined && self.state === 'open';
  const at = self.state === 'open' ? where(world, self) : 'gone';
  if (at === 'refused') return { world, self: lost(self) };
  const session = at === 'gone' ? undefined : world.living[at.name ?? ''];
  if (at === 'gone' || (session === undefined && !isNew)) {
    // Nobody will ever see what it counted to on a session that has gone.
    const view = { ...self.view, count: result };
    return { world, self: { ...self, view, state: 'gone' } };
  }
  const base = session?.attributes ?? at.base;
  const current = merged(base, changesBetween(at.base, at.view));
  const count = Number(current['count'] ?? 0) + 1;
  if (result !== count && result !== UNKNOWN) return undefined;
  return save(world, { ...at, base, view: { ...current, count } }, actor);
}

function reload(world: World, self: Running, result: unknown): Outcome {
  const at = self.name === undefined ? 'gone' : where(world, self);
  if (at === 'refused') return { world, self: lost(self) };
  const session = at === 'gone' ? undefined : world.living[at.name ?? ''];
  if (at === 'gone' || session === undefined) return said(world, self, result, 'refused');
  if (result === 'refused') return undefined;
  const { attributes } = session;
  return { world, self: { ...at, base: attributes, view: attributes } };
}

function said(world: World, self: Running, result: unknown, expected: unknown): Outcome {
  return result === expected || result === UNKNOWN ? { world, self } : undefined;
}

function end(world: World, self: Running, state: Running['state']): Outcome {
  const at = where(world, { ...self, name: self.name ?? self.formerName });
  if (at === 'refused') return { world, self: lost(self) };
  const living = at === 'gone' ? world.living : without(world.living, at.name);
  return { world: { ...world, living }, self: { ...anew(self, state), hasEndedOne: true } };
}

function revoke(world: World, self: Running, user: string): Outcome {
  const left = Object.entries(world.living).filter(([, session]) => session.user !== user);
  const living = Object.fromEntries(left);
  const isOver = self.name !== undefined && living[self.name] === undefined;
  return { world: { ...world, living }, self: isOver ? { ...self, state: 'gone' } : self };
}
