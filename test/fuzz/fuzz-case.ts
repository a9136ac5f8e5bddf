import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { CookieHeader } from './fuzz-cookies.js';
import type { Random } from './random.js';

/** One request of the run, and what happened to it. */
export interface FuzzCase {
  readonly index: number;
  readonly random: Random;
  readonly cookie: CookieHeader;
  /** True for a request whose outcome is known exactly: nothing fails, and nobody interferes. */
  readonly isExact: boolean;
  /** The ids that the server made for this request. */
  readonly generated: Set<string>;
  /** What was done, in order, for whoever investigates a failure. */
  readonly done: string[];
  /** Hangs up as the client, when the handler decides to. */
  abort: () => void;
  /** True once somebody has cut the connection. */
  isCut: boolean;
  /** The attributes as they stood when the handler of an exact case ended its response. */
  atEnd: string | undefined;
  problem: string | undefined;
}

const cases = new AsyncLocalStorage<FuzzCase>();

export function runCase(fuzzCase: FuzzCase, task: () => void): void {
  cases.run(fuzzCase, task);
}

/** The case whose request is running now. */
export function runningCase(): FuzzCase | undefined {
  return cases.getStore();
}

/** What every session of this id carries, and no other session does. */
export function markOf(id: string): string {
  return `mark:${createHash('sha1').update(`mark of ${id}`).digest('hex')}`;
}

/** Only the first problem of a case is reported. */
export function accuse(fuzzCase: FuzzCase, problem: string): void {
  fuzzCase.problem ??= problem;
}
