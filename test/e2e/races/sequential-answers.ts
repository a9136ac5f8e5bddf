import type { RaceAnswer, Report, Sight } from './race-app.js';
import type { RaceCookie, Ran } from './sequential-history.js';
import { store } from './sequential-operations.js';
import { isSame, meaningOf, NONE, trailFrom } from './sequential-world.js';
import type { Living, Outcome, Running, World } from './sequential-world.js';

/** The request comes with its cookie. */
export function load(world: World, self: Running, { cookie, answer: { report } }: Ran): Outcome {
  const name = world.cookies[cookie.of];
  const trail = trailFrom(world, name ?? '');
  const meaning = meaningOf(trail);
  const session = meaning === 'follow' ? world.living[trail.end] : undefined;
  if (report !== undefined && !isSight(report.before, cookie, session)) return undefined;
  const formerName = trail.edges.length > 0 || meaning === 'over' ? name : undefined;
  if (meaning === 'refuse') return { world, self: { ...self, state: 'rotated', formerName } };
  if (session === undefined) return { world, self: { ...self, formerName } };
  const { user, attributes } = session;
  const open = { name: trail.end, formerName, user, base: attributes, view: attributes };
  return { world, self: { ...self, ...open } };
}

/** The changes are stored, and the response leaves with the cookie that is due. */
export function answer(world: World, running: Running, actor: number, { answer }: Ran): Outcome {
  const { report, cookie } = answer;
  // Who got a new id may hear, or not, that the session was ended before that was answered.
  const isOver =
    running.hasNewName &&
    running.state === 'open' &&
    trailFrom(world, running.name ?? '').is === 'over';
  const self: Running =
    isOver && typeof cookie !== 'string' ? { ...running, state: 'gone' } : running;
  if (report !== undefined && !isAsAnswered(self, report)) return undefined;
  const stored = store(world, self, actor);
  if (stored === undefined || stored.self.isRefused !== (report === undefined)) return undefined;
  return withCookie(stored.world, stored.self, actor, cookie);
}

function isAsAnswered({ state, user, view }: Running, { after }: Report): boolean {
  if (state === 'gone') return true;
  if (state === 'ended') return after === null;
  return after !== null && isSame(after, user, view);
}

/** An operation was refused. What the request had changed before is stored, if its session lives on. */
export function answerRefused(
  world: World,
  self: Running,
  actor: number,
  { answer }: Ran,
): Outcome {
  if (answer.report !== undefined) return undefined;
  const stored = self.state === 'open' ? store(world, self, actor) : { world, self };
  return stored && withCookie(stored.world, stored.self, actor, answer.cookie);
}

function withCookie(
  world: World,
  self: Running,
  actor: number,
  cookie: RaceAnswer['cookie'],
): Outcome {
  const { name, state, hasNewName, hasEndedOne } = self;
  const isNew = state === 'open' && hasNewName;
  // A session that was ended at once may be told all the same: the cookie leads nowhere.
  const isTold = isNew || (state === 'gone' && hasNewName);
  if (typeof cookie === 'string' ? !isTold : isNew) return undefined;
  const isCleared = hasEndedOne && (state === 'ended' || (state === 'open' && name === undefined));
  if ((cookie === null) !== isCleared) return undefined;
  const cookies =
    typeof cookie === 'string' && name !== undefined
      ? { ...world.cookies, [actor]: name }
      : world.cookies;
  return { world: { ...world, cookies }, self: { ...self, hasAnswered: true } };
}

/** With this cookie one sees the session that lives, or else an empty one with another id. */
export function isSight(sight: Sight, cookie: RaceCookie, session: Living | undefined): boolean {
  if (session === undefined) return sight.id !== cookie.id && isSame(sight, undefined, NONE);
  return sight.id === cookie.id && isSame(sight, session.user, session.attributes);
}
