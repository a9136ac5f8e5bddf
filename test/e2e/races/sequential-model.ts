import type { ExactOperation } from './race-app.js';
import { answer, answerRefused, isSight, load } from './sequential-answers.js';
import { INITIAL } from './sequential-history.js';
import type { History } from './sequential-history.js';
import { perform, UNKNOWN } from './sequential-operations.js';
import { meaningOf, NONE, trailFrom, without } from './sequential-world.js';
import type { Outcome, Running, World } from './sequential-world.js';

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
 * - a rotation leaves a mark under the old name, an end nothing, and no step ever brings a name back;
 * - who comes by a mark, or finds one where its session was, goes on with the session if that is the same
 *   user's under another name, in up to four steps, and is not told the name;
 * - nothing crosses the mark of a sign-in but another sign-in of the same user, which has the session
 *   under its new name, unless it got a further one since; who wants anything else there is refused, and
 *   nothing of it is stored after that;
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
      hasNewName: false,
      hasEndedOne: false,
      hasJustStored: false,
      isRefused: false,
    }));
    const living = { initial: { user, attributes } };
    return this.search({ living, running, marks: {}, cookies: { [INITIAL]: 'initial' } }, 0);
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
    else if (self.isRefused) outcome = answerRefused(world, self, actor, request);
    else if (operation === undefined) outcome = answer(world, self, actor, request);
    else if (this.isEndedOnItsWay(world, self, actor, operation))
      outcome = endOnItsWay(world, self);
    else {
      const { report } = request.answer;
      const result = report === undefined ? UNKNOWN : report.results[self.done];
      outcome = perform(world, self, actor, operation, result);
    }
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

  private isAsFound(world: World): boolean {
    if (Object.keys(world.living).length !== this.history.records) return false;
    return this.history.found.every(({ cookie, sight }) => {
      const trail = trailFrom(world, world.cookies[cookie.of] ?? '');
      const isFollowed = meaningOf(trail) === 'follow';
      return isSight(sight, cookie, isFollowed ? world.living[trail.end] : undefined);
    });
  }
}

/** Who has stored sees what others have stored by the same write. */
function follow({ living }: World, self: Running): Running | undefined {
  const session = self.state === 'open' ? living[self.name ?? ''] : undefined;
  if (session === undefined || !self.hasJustStored) return undefined;
  const { attributes } = session;
  return { ...self, base: attributes, view: attributes, hasJustStored: false };
}

function endOnItsWay(world: World, self: Running): Outcome {
  const living = without(world.living, self.name);
  return { world: { ...world, living }, self: { ...self, state: 'gone' } };
}
