import { handleOf } from '../../../lib/session/ids.js';
import type { Backend } from '../races/backends/backend.js';
import { actors, Schedule } from '../races/schedule.js';
import type { Gate, Step } from '../races/schedule.js';
import { passTime, send, setClock } from './crossing-app.js';
import type { Answer, ExactOperation, Instance, Sight } from './crossing-app.js';
import type { Client, Operation, Owner, Plan, PlannedRequest } from './plan.js';

/** A request of the race, and what it was answered. */
export interface Ran {
  readonly client: Client;
  /** The session id in the cookie that it was sent with. */
  readonly sent: string;
  readonly operations: readonly ExactOperation[];
  readonly answer: Answer;
}

/** A session as it is stored. */
export interface Stored {
  readonly user: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a cookie leads to when the race is over. */
export interface Found {
  readonly id: string;
  readonly now: Sight;
  /** The same when the grace is over. */
  readonly later: Sight;
}

/** All that happened. */
export interface History {
  readonly plan: Plan;
  readonly initial: Readonly<Record<Owner, string>>;
  readonly requests: readonly Ran[];
  readonly steps: readonly Step[];
  /** The session id that each browser holds in the end; `undefined` if it holds none. */
  readonly jars: Readonly<Record<Client, string | undefined>>;
  /** What each cookie that somebody was given leads to. */
  readonly found: readonly Found[];
  /** The stored sessions whose ids somebody has seen, by id. */
  readonly stored: ReadonlyMap<string, Stored>;
  /** How many sessions are stored, whoever has seen their ids. */
  readonly records: number;
  /** The handles in the device list of each user. */
  readonly listed: Readonly<Record<string, readonly string[]>>;
}

const USERS = ['ada', 'grace', 'mallory'];

const AFTER_GRACE = 10_001;

export type Instances = readonly [Instance, Instance];

/** Carries out a plan, and asks at the end what there is. */
export async function runPlan(
  plan: Plan,
  instances: Instances,
  backend: Backend,
  gate: Gate,
): Promise<History> {
  await backend.clear();
  setClock();
  const pairs = new Map<string, string>();
  const begin = async (owner: Owner): Promise<string> => {
    const setup: ExactOperation[] = [{ type: 'set', name: owner }];
    if (plan.signedIn[owner]) setup.push({ type: 'login', user: 'ada' });
    const { cookie } = await send(instances[0], undefined, setup);
    if (typeof cookie !== 'string') throw new Error('no session was begun');
    pairs.set(idIn(cookie), cookie);
    return idIn(cookie);
  };
  const initial = { home: await begin('home'), device: await begin('device') };
  const jars: Record<Client, string | undefined> = { ...initial, copy: initial.home };
  const requests: Ran[] = [];

  const request = async (actor: number): Promise<void> => {
    const { client, app, operations } = requestOf(plan, actor);
    const sent = jars[client] ?? '';
    const exact = operations.map((operation, at) => exactly(operation, `${actor}.${at}`, initial));
    const answer = await send(instances[app], pairs.get(sent), exact, actor);
    requests[actor] = { client, sent, operations: exact, answer };
    schedule.answered();
    await schedule.wait('takes the answer');
    const { cookie } = answer;
    if (typeof cookie === 'string') pairs.set(idIn(cookie), cookie);
    if (cookie !== undefined) jars[client] = cookie === null ? undefined : idIn(cookie);
  };
  const schedule = new Schedule(plan.requests.length, (actor) =>
    actors.run(actor, () => request(actor)),
  );
  gate.schedule = schedule;
  try {
    await schedule.run(plan.turns);
  } catch (cause) {
    throw new Error(`The schedule could not be run to its end:\n${schedule}`, { cause });
  } finally {
    gate.schedule = undefined;
    schedule.abandon();
  }

  const reports = requests.flatMap(({ answer }) => answer.report ?? []);
  const seen = reports.flatMap(({ before, after }) => after.concat(before));
  const ids = new Set([...pairs.keys(), ...seen.flatMap((sight) => sight?.id ?? [])]);
  const stored = new Map<string, Stored>();
  for (const id of ids) {
    const session = sessionIn((await backend.stores[0].read(handleOf(id)))?.payload);
    if (session !== undefined) stored.set(id, session);
  }
  const [one] = instances;
  const records = await backend.sessions();
  const lists = USERS.map(async (user) => [
    user,
    (await one.list(user)).map(({ handle }) => handle),
  ]);
  const listed: Record<string, string[]> = Object.fromEntries(await Promise.all(lists));
  const look = async (pair: string): Promise<Sight> => {
    const { report } = await send(one, pair, []);
    if (report === undefined) throw new Error('a session could not be looked at');
    return report.before;
  };
  const sights: { id: string; pair: string; now: Sight }[] = [];
  for (const [id, pair] of pairs) sights.push({ id, pair, now: await look(pair) });
  passTime(AFTER_GRACE);
  const found: Found[] = [];
  for (const { pair, ...sight } of sights) found.push({ ...sight, later: await look(pair) });
  const { steps } = schedule;
  return { plan, initial, requests, steps, jars, found, stored, records, listed };
}

function requestOf({ requests }: Plan, actor: number): PlannedRequest {
  const request = requests[actor];
  if (request === undefined) throw new Error(`there is no request ${actor}`);
  return request;
}

function exactly(
  operation: Operation,
  name: string,
  initial: Readonly<Record<Owner, string>>,
): ExactOperation {
  switch (operation.type) {
    case 'set':
    case 'update':
      return { ...operation, name };
    case 'revoke':
      return { ...operation, handle: handleOf(initial[operation.of]) };
    default:
      return operation;
  }
}

/** The session id in a signed cookie. */
function idIn(pair: string): string {
  const id = /=s:([^.]+)\./.exec(decodeURIComponent(pair))?.[1];
  if (id === undefined) throw new Error('the cookie is not signed');
  return id;
}

/** A payload, as far as it matters here. */
interface Payload {
  readonly _sesame?: { readonly seenAt?: number; readonly userId?: string };
  readonly cookie?: unknown;
}

/** The session in a payload; `undefined` if it is none, such as a mark. */
function sessionIn(payload: string | undefined): Stored | undefined {
  if (payload === undefined || payload === '') return undefined;
  const parsed: Payload = JSON.parse(payload);
  const { _sesame: metadata, cookie: _cookie, ...attributes } = parsed;
  return metadata?.seenAt === undefined ? undefined : { user: metadata.userId, attributes };
}
