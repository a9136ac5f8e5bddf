import type { Browser } from '../../support/browser.js';
import type { Backend } from './backends/backend.js';
import type { Operation, Plan, PlannedRequest } from './plan.js';
import { look, send, setClock } from './race-app.js';
import type { ExactOperation } from './race-app.js';
import { Schedule } from './schedule.js';
import type { Gate } from './schedule.js';
import { INITIAL } from './sequential-history.js';
import type { Found, History, RaceCookie, Ran } from './sequential-history.js';

const SETUP: readonly ExactOperation[] = [{ type: 'set', key: 'a', value: 'initial' }];
const SIGNED_IN: readonly ExactOperation[] = [...SETUP, { type: 'login', user: 'ada' }];

type Instances = readonly [Browser, Browser];

interface GivenCookie extends RaceCookie {
  readonly pair: string;
}

/** Carries out a plan, and asks at the end what every cookie leads to. */
export async function runPlan(
  plan: Plan,
  instances: Instances,
  backend: Backend,
  gate: Gate,
): Promise<History> {
  await backend.clear();
  setClock();
  const setup = plan.isSignedIn ? SIGNED_IN : SETUP;
  const { report, cookie } = await send(instances[0], undefined, setup);
  const initial = report?.after ?? null;
  if (initial === null || typeof cookie !== 'string') throw new Error('no session was begun');
  const cookies: GivenCookie[] = [{ of: INITIAL, id: idIn(cookie), pair: cookie }];
  const answered = new Map<number, Ran>();

  const request = async (actor: number): Promise<void> => {
    const { app, cookieAge, operations } = requestOf(plan, actor);
    // A browser sends the newest cookie that it has when it sends the request.
    const { pair, ...carried } = cookieOf(cookies, cookieAge);
    const exact = operations.map((operation, index) => exactly(operation, `${actor}.${index}`));
    const answer = await send(instances[app], pair, exact, actor);
    answered.set(actor, { cookie: carried, operations: exact, answer });
    if (typeof answer.cookie === 'string') {
      cookies.push({ of: actor, id: idIn(answer.cookie), pair: answer.cookie });
    }
  };

  const schedule = new Schedule(plan.requests.length, request);
  gate.schedule = schedule;
  try {
    await schedule.run(plan.turns);
  } catch (cause) {
    throw new Error(`The schedule could not be run to its end:\n${schedule}`, { cause });
  } finally {
    gate.schedule = undefined;
    schedule.abandon();
  }

  const records = await backend.sessions();
  const found: Found[] = [];
  for (const { pair, ...cookie } of cookies) {
    for (const instance of instances) {
      found.push({ cookie, sight: await look(instance, pair) });
    }
  }
  const requests = plan.requests.flatMap((_, actor) => answered.get(actor) ?? []);
  return { initial, requests, steps: schedule.steps, found, records };
}

function requestOf({ requests }: Plan, actor: number): PlannedRequest {
  const request = requests[actor];
  if (request === undefined) throw new Error(`there is no request ${actor}`);
  return request;
}

function cookieOf(cookies: readonly GivenCookie[], age: number): GivenCookie {
  const cookie = cookies.at(-1 - (age % cookies.length));
  if (cookie === undefined) throw new Error('no cookie was given');
  return cookie;
}

/** Every value is set once, so that it tells who set it. */
function exactly(operation: Operation, value: string): ExactOperation {
  return operation.type === 'set' ? { ...operation, value } : operation;
}

/** The session id in a signed cookie. */
function idIn(pair: string): string {
  const id = /=s:([^.]+)\./.exec(decodeURIComponent(pair))?.[1];
  if (id === undefined) throw new Error('the cookie is not signed');
  return id;
}
