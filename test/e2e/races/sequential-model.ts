import { isDeepStrictEqual } from 'node:util';
import type { ExactOperation, RaceAnswer, Sight } from './race-app.js';
import type { Keep } from './plan.js';
import type { Step } from './schedule.js';

/** A cookie that a client was given. */
export interface RaceCookie {
  /** The request that was given it. */
  readonly of: number;
  /** The session id inside. */
  readonly id: string;
}

/** A request of the race, and what became of it. */
export interface Ran {
  readonly cookie: RaceCookie;
  readonly operations: readonly ExactOperation[];
  readonly answer: RaceAnswer;
}

/** A cookie, and the session it leads to when all is over. */
export interface Found {
  readonly cookie: RaceCookie;
  readonly sight: Sight;
}

export interface History {
  readonly initial: Sight;
  readonly requests: readonly Ran[];
  readonly steps: readonly Step[];
  readonly found: readonly Found[];
  /** How many records are left in the store. */
  readonly records: number;
}

/** The cookie that the session had before the race. */
export const INITIAL = -1;

type Attributes = Readonly<Record<string, unknown>>;
type Changes = readonly (readonly [name: string, value: unknown])[];

/** A session that lives: under its name, which stands for its id. */
interface Living {
  readonly user: string | undefined;
  readonly attributes: Attributes;
}

/** A request under way, with its copy of the session. */
interface Running {
  /** How many of its operations are done; -1 before the session is loaded. */
  readonly done: number;
  readonly hasAnswered: boolean;
  readonly state: 'open' | 'gone' | 'ended';
  /** The session in its hands; `undefined` for one that is not stored. */
  readonly name: string | undefined;
  /** The name that its cookie led to, where that had been given up when it was loaded. */
  readonly formerName: string | undefined;
  readonly user: string | undefined;
  readonly base: Attributes;
  readonly view: Attributes;
  /** How many names it has given. */
  readonly named: number;
  readonly hasEndedOne: boolean;
  /** Its last operation was to store the session. */
  readonly hasJustStored: boolean;
}

interface World {
  readonly living: Readonly<Record<string, Living>>;
  readonly running: readonly Running[];
  /** The name under which a session goes on, by the one it had before. */
  readonly moved: Readonly<Record<string, string>>;
  /** The session that each cookie leads to, by who was given it; names, not ids. */
  readonly cookies: Readonly<Record<number, string>>;
}

/** What a request may do next; `undefined` where its answer says something else happened. */
type Outcome = { readonly world: World; readonly self: Running } | undefined;

const NONE: Attributes = {};

const ENDS = new Set<ExactOperation['type']>(['logout', 'replace']);
const STORES = new Set<ExactOperation['type']>(['increment', 'save']);

/**
 * A server that does one thing at a time, in a world where a session is a plain object. A history
 * is right if that server could have given it: each request loads its session, does its operations
 * and stores its changes in one atomic step each, every step at one of the moments at which the
 * schedule let this very request go on, or a write that it has a part in.
 *
 * What the rules below promise:
 * - a change that was answered is in the session if that lived when the change was stored, and goes
 *   along when the session is rotated later, as far as `keep` says;
 * - who stores the session may see at once what was stored by the same write for others behind it;
 * - a rotation or an end leaves nothing under the old name, and no step ever brings a name back;
 * - a session has one user from its first moment to its last: the one who logged in on it;
 * - a change to a session that has gone is dropped, and its request is given no cookie by which one
 *   would live;
 * - an end by an id that is being given up at that moment may end the session under its new one;
 * - an end by an id that was given up ends the session under the one that it has since, however many it
 *   had in between, unless a sign-in has begun another.
 */
export class SequentialModel {
  private readonly seen = new Set<string>();

  constructor(private readonly history: History) {}

  /** True when the history is one that the sequential server could have given. */
  explains(): boolean {
    const { initial, requests } = this.history;
    const { user, attributes } = initial;
    const running = requests.map<Running>(() => ({
      done: -1,
      hasAnswered: false,
      state: 'open',
      name: undefined,
      formerName: undefined,
      user: undefined,
      base: NONE,
      view: NONE,
      named: 0,
      hasEndedOne: false,
      hasJustStored: false,
    }));
    const living = { initial: { user, attributes } };
    return this.search({ living, running, moved: {}, cookies: { [INITIAL]: 'initial' } }, 0);
  }

  /** At each step of the schedule, those that it moved may take any number of their own steps. */
  private search(world: World, at: number): boolean {
    const situation = JSON.stringify([at, world]);
    if (this.seen.has(situation)) return false;
    this.seen.add(situation);
    const step = this.history.steps[at];
    if (step === undefined) return this.isAsFound(world);
    const later = this.history.steps.slice(at + 1);
    const isDone = [...step.moved].every(
      (actor) => world.running[actor]?.hasAnswered || later.some(({ moved }) => moved.has(actor)),
    );
    if (isDone && this.search(world, at + 1)) return true;
    return [...step.moved].some((actor) => {
      const self = world.running[actor];
      if (self === undefined || self.hasAnswered) return false;
      const followed = follow(world, self);
      if (followed !== undefined) {
        const running = world.running.with(actor, followed);
        if (this.search({ ...world, running }, at)) return true;
      }
      const next = this.advance(world, self, actor);
      return next !== undefined && this.search(next, at);
    });
  }

  private advance(world: World, self: Running, actor: number): World | undefined {
    const request = this.history.requests[actor];
    if (request === undefined) return undefined;
    const operation = request.operations[self.done];
    let outcome: Outcome;
    if (self.done === -1) outcome = load(world, self, request);
    else if (operation === undefined) outcome = answer(world, self, actor, request);
    else if (this.isEndedOnItsWay(world, self, actor, operation))
      outcome = endOnItsWay(world, self);
    else outcome = perform(world, self, actor, operation, request.answer.results[self.done]);
    if (outcome === undefined) return undefined;
    const hasJustStored = operation !== undefined && STORES.has(operation.type);
    const moved = { ...outcome.self, done: self.done + 1, hasJustStored };
    return { ...outcome.world, running: world.running.with(actor, moved) };
  }

  /**
   * True for a rotation that came to nothing because another request, which was under way at the same
   * time, ended the session by the id that it was just giving up.
   */
  private isEndedOnItsWay(
    { living, running }: World,
    { name, state, user }: Running,
    actor: number,
    operation: ExactOperation,
  ): boolean {
    const hasNewCookie = typeof this.history.requests[actor]?.answer.cookie === 'string';
    const { type } = operation;
    // Only a session that stays its user's has an entry in the index to move.
    const isMoved = type === 'confirm' || (type === 'regenerate' && operation.keep === 'all');
    if (hasNewCookie || !isMoved || user === undefined) return false;
    if (state !== 'open' || name === undefined || living[name] === undefined) return false;
    return running.some(
      (other, index) =>
        index !== actor &&
        other.name === name &&
        !other.hasAnswered &&
        this.history.requests[index]?.operations.some((one) => ENDS.has(one.type)) === true,
    );
  }

  private isAsFound({ living, cookies }: World): boolean {
    if (Object.keys(living).length !== this.history.records) return false;
    return this.history.found.every(({ cookie, sight }) =>
      isSight(sight, cookie, living[cookies[cookie.of] ?? '']),
    );
  }
}

function load(world: World, self: Running, { cookie, answer }: Ran): Outcome {
  const name = world.cookies[cookie.of];
  const session = name === undefined ? undefined : world.living[name];
  if (!isSight(answer.before, cookie, session)) return undefined;
  if (session === undefined) return { world, self: { ...self, formerName: name } };
  const { user, attributes } = session;
  return { world, self: { ...self, name, user, base: attributes, view: attributes } };
}

function perform(
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
      return save(world, self, actor);
    case 'increment':
      return increment(world, self, actor, result);
    case 'reload':
      return reload(world, self, result);
    case 'login': {
      const { user } = operation;
      const isOthers = self.user !== undefined && self.user !== user;
      const keep = operation.keep ?? (isOthers ? 'none' : 'all');
      return rotate(world, self, actor, { user, keep, continues: false });
    }
    case 'regenerate': {
      const { keep } = operation;
      const user = keep === 'all' ? self.user : undefined;
      return rotate(world, self, actor, { user, keep, continues: keep !== 'none' });
    }
    case 'confirm':
      if (self.state === 'open' && self.user === undefined) return refused(world, self, result);
      if (result === 'refused') return undefined;
      return rotate(world, self, actor, { user: self.user, keep: 'all', continues: true });
    case 'revoke':
      return revoke(world, self, operation.user);
    case 'replace':
    case 'logout':
      return end(world, self, operation.type === 'logout' ? 'ended' : 'open');
  }
}

/** Stores what was changed, if anything was. */
function store(world: World, self: Running, actor: number): Outcome {
  const isUnchanged = changesBetween(self.base, self.view).length === 0;
  return isUnchanged ? { world, self } : save(world, self, actor);
}

/** Stores the session as it is: where it lives, or as a new one. */
function save(world: World, self: Running, actor: number): Outcome {
  if (self.state !== 'open') return { world, self };
  const { name, user } = self;
  if (name === undefined) return begin(world, self, actor, undefined, self.view);
  const session = world.living[name];
  if (session === undefined) return { world, self: { ...self, state: 'gone' } };
  const attributes = merged(session.attributes, changesBetween(self.base, self.view));
  const living = { ...world.living, [name]: { user, attributes } };
  return { world: { ...world, living }, self: { ...self, base: attributes, view: attributes } };
}

/** An increment counts on what is stored at that moment, and on this request's own changes. */
function increment(world: World, self: Running, actor: number, result: unknown): Outcome {
  const isNew = self.name === undefined && self.state === 'open';
  const session = self.state === 'open' ? world.living[self.name ?? ''] : undefined;
  if (session === undefined && !isNew) {
    // Nobody will ever see what it counted to on a session that has gone.
    const view = { ...self.view, count: result };
    return { world, self: { ...self, view, state: 'gone' } };
  }
  const base = session?.attributes ?? self.base;
  const current = merged(base, changesBetween(self.base, self.view));
  const count = Number(current['count'] ?? 0) + 1;
  if (result !== count) return undefined;
  return save(world, { ...self, base, view: { ...current, count } }, actor);
}

function reload(world: World, self: Running, result: unknown): Outcome {
  const session = self.name === undefined ? undefined : world.living[self.name];
  if (session === undefined) return refused(world, self, result);
  if (result === 'refused') return undefined;
  const { attributes } = session;
  return { world, self: { ...self, base: attributes, view: attributes } };
}

/** Who has stored sees what others have stored by the same write. */
function follow({ living }: World, self: Running): Running | undefined {
  const session = self.state === 'open' ? living[self.name ?? ''] : undefined;
  if (session === undefined || !self.hasJustStored) return undefined;
  const { attributes } = session;
  return { ...self, base: attributes, view: attributes, hasJustStored: false };
}

function refused(world: World, self: Running, result: unknown): Outcome {
  return result === 'refused' ? { world, self } : undefined;
}

interface Rotation {
  readonly user: string | undefined;
  readonly keep: Keep;
  /** True when nothing comes of it if the session has gone. */
  readonly continues: boolean;
}

function rotate(
  world: World,
  before: Running,
  actor: number,
  { user, keep, continues }: Rotation,
): Outcome {
  const self: Running = before.state === 'ended' ? anew(before, 'open') : before;
  const { name } = self;
  const changes = changesBetween(self.base, self.view);
  if (name === undefined) return begin(world, self, actor, user, kept(self.view, keep));
  const session = self.state === 'gone' ? undefined : world.living[name];
  if (session === undefined) {
    if (continues) return { world, self: { ...self, state: 'gone' } };
    return begin(world, self, actor, user, kept(merged(NONE, changes), keep));
  }
  const attributes = kept(merged(session.attributes, changes), keep);
  const isTraced = continues && keep === 'all';
  const moved = isTraced ? { ...world.moved, [name]: nextName(self, actor) } : world.moved;
  const living = without(world.living, name);
  return begin({ ...world, living, moved }, self, actor, user, attributes);
}

function nextName({ named }: Running, actor: number): string {
  return `${actor}.${named}`;
}

/** A session lives from here on, under a name that nobody had before. */
function begin(
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
    },
  };
}

function endOnItsWay(world: World, self: Running): Outcome {
  const living = without(world.living, self.name);
  return { world: { ...world, living }, self: { ...self, state: 'gone' } };
}

function end(world: World, self: Running, state: Running['state']): Outcome {
  const living = without(world.living, whereNow(world, self.name ?? self.formerName));
  return { world: { ...world, living }, self: { ...anew(self, state), hasEndedOne: true } };
}

function revoke(world: World, self: Running, user: string): Outcome {
  const left = Object.entries(world.living).filter(([, session]) => session.user !== user);
  const living = Object.fromEntries(left);
  const isOver = self.name !== undefined && living[self.name] === undefined;
  return { world: { ...world, living }, self: isOver ? { ...self, state: 'gone' } : self };
}

/** The name that a session has now, by one that it had. */
function whereNow(
  { living, moved }: Pick<World, 'living' | 'moved'>,
  name: string | undefined,
): string | undefined {
  const isElsewhere = name !== undefined && living[name] === undefined && name in moved;
  return isElsewhere ? whereNow({ living, moved }, moved[name]) : name;
}

function anew(self: Running, state: Running['state']): Running {
  return {
    ...self,
    state,
    name: undefined,
    formerName: undefined,
    user: undefined,
    base: NONE,
    view: NONE,
  };
}

/** The changes are stored, and the response leaves with the cookie that is due. */
function answer(world: World, running: Running, actor: number, { answer }: Ran): Outcome {
  // Who got a new id may hear, or not, that the session was ended before that was answered.
  const isOver =
    running.name !== undefined &&
    running.named > 0 &&
    running.state === 'open' &&
    !(running.name in world.living);
  const self: Running =
    isOver && typeof answer.cookie !== 'string' ? { ...running, state: 'gone' } : running;
  const isAsAnswered =
    self.state === 'gone' ||
    (self.state === 'ended'
      ? answer.after === null
      : answer.after !== null && isSame(answer.after, self.user, self.view));
  if (!isAsAnswered) return undefined;
  const stored = store(world, self, actor);
  if (stored === undefined) return undefined;
  const { name, state, named, hasEndedOne } = stored.self;
  const hasNewName = name !== undefined && named > 0;
  const isNew = state === 'open' && hasNewName;
  // A session that was ended at once may be told all the same: the cookie leads nowhere.
  const isTold = isNew || (state === 'gone' && hasNewName);
  if (typeof answer.cookie === 'string' ? !isTold : isNew) return undefined;
  const isCleared = hasEndedOne && !isNew && state !== 'gone';
  if ((answer.cookie === null) !== isCleared) return undefined;
  const cookies =
    typeof answer.cookie === 'string' && name !== undefined
      ? { ...stored.world.cookies, [actor]: name }
      : stored.world.cookies;
  return { world: { ...stored.world, cookies }, self: { ...stored.self, hasAnswered: true } };
}

function changesBetween(base: Attributes, view: Attributes): Changes {
  const names = new Set([...Object.keys(base), ...Object.keys(view)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(base[name], view[name]))
    .map((name) => [name, view[name]]);
}

function merged(attributes: Attributes, changes: Changes): Attributes {
  const all = { ...attributes, ...Object.fromEntries(changes) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function kept(attributes: Attributes, keep: Keep): Attributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return NONE;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}

function without<T>(all: Readonly<Record<string, T>>, name: string | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}

function isSame(sight: Sight, user: string | undefined, attributes: Attributes): boolean {
  return sight.user === user && isDeepStrictEqual(sight.attributes, attributes);
}

/** With this cookie one sees the session that lives, or else an empty one with another id. */
function isSight(sight: Sight, cookie: RaceCookie, session: Living | undefined): boolean {
  if (session === undefined) return sight.id !== cookie.id && isSame(sight, undefined, NONE);
  return sight.id === cookie.id && isSame(sight, session.user, session.attributes);
}
