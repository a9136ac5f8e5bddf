import type { ServerResponse } from 'node:http';
import type { SessionRequest } from '../support/applications/http-server.js';
import { accuse, markOf } from './fuzz-case.js';
import type { FuzzCase } from './fuzz-case.js';
import { isExpected } from './fuzz-errors.js';
import { KEYS, plainValue } from './fuzz-values.js';

/** What a handler of the run has in its hands. */
export interface Scene {
  readonly fuzzCase: FuzzCase;
  /** The platform's. */
  readonly request: Pick<SessionRequest, 'session' | 'sessionID' | 'url' | 'destroy'>;
  /** Node's own. */
  readonly response: ServerResponse;
  /** Ends the response as the platform does it. */
  readonly answer: (text: string) => unknown;
}

export type Step = (scene: Scene) => unknown;

/** The session as the application may find it; there may be none. */
export function sessionOf({ request }: Scene): Record<string, unknown> | undefined {
  const session: unknown = request.session;
  return isObject(session) ? session : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The session must not be anybody else's, and its id not one that a client chose. */
export function look(scene: Scene): void {
  const { fuzzCase, request } = scene;
  const session = sessionOf(scene);
  if (session === undefined) return;
  const id = typeof session['id'] === 'string' ? session['id'] : request.sessionID;
  if (id !== fuzzCase.cookie.id && !fuzzCase.generated.has(id)) {
    accuse(fuzzCase, `the session got the id ${id}, which nobody vouches for`);
  }
  const { mark } = session;
  if (mark !== undefined && mark !== markOf(id)) {
    accuse(fuzzCase, `the session ${id} carries the mark of another: ${String(mark)}`);
  }
}

export function set(scene: Scene): void {
  const session = sessionOf(scene);
  if (session === undefined) return;
  const { random } = scene.fuzzCase;
  const id = typeof session['id'] === 'string' ? session['id'] : scene.request.sessionID;
  session['mark'] = markOf(id);
  session[random.pick(KEYS)] = plainValue(random);
}

export function remove(scene: Scene): void {
  const session = sessionOf(scene);
  if (session !== undefined) delete session[scene.fuzzCase.random.pick(KEYS)];
}

/** Calls one of the session's own methods, and waits for its callback, or does not. */
export const call =
  (method: string, patience = 0.7): Step =>
  (scene) => {
    const session = sessionOf(scene);
    const found = session?.[method];
    // What a handler itself put there under that name never calls back.
    const isMethod = session !== undefined && !Object.hasOwn(session, method);
    if (!isMethod || typeof found !== 'function') return undefined;
    const called = new Promise<void>((resolve) => {
      Reflect.apply(found, session, [
        (error: unknown) => {
          if (error && !isExpected(error)) accuse(scene.fuzzCase, `${method}: ${String(error)}`);
          resolve();
        },
      ]);
    });
    return scene.fuzzCase.random.chance(patience) ? called : undefined;
  };

export function pause({ fuzzCase }: Scene): Promise<void> {
  const turns = (left: number): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => resolve(left === 0 ? undefined : turns(left - 1)));
    });
  return turns(fuzzCase.random.below(4));
}

export function write({ fuzzCase, response }: Scene): void {
  response.write('x'.repeat(1 + fuzzCase.random.below(3_000)));
}

export function writeHead({ fuzzCase, response }: Scene): void {
  const headers = fuzzCase.random.pick([{ 'x-one': '1' }, ['X-Two', '2'], undefined]);
  response.writeHead(fuzzCase.random.pick([200, 201, 404]), headers);
}

export function flushHeaders({ response }: Scene): void {
  response.flushHeaders();
}

/** Not once the response is complete: the connection may serve another request by then. */
export function cut({ fuzzCase, response }: Scene, chance: number, hangUp: () => void): unknown {
  if (response.writableFinished || !fuzzCase.random.chance(chance)) return undefined;
  fuzzCase.isCut = true;
  hangUp();
  return new Promise((resolve) => setImmediate(resolve));
}
