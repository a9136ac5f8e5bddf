import type { ExactOperation, Sight } from './crossing-app.js';
import type { Owner } from './plan.js';
import type { History, Ran, Stored } from './run-plan.js';

/** Says what is wrong with a history, if anything. */
export type Invariant = (history: History) => string[];

const ENDS = new Set<ExactOperation['type']>(['logout', 'revoke', 'revokeAll']);
const CHANGES = new Set<ExactOperation['type']>(['set', 'update']);

/** True if a request does one of these. */
export function does({ operations }: Ran, ...types: ExactOperation['type'][]): boolean {
  return operations.some(({ type }) => types.includes(type));
}

/** True if no session is ended in the race, by whomever. */
export function nobodyEnds({ plan, requests }: History): boolean {
  return plan.cap === 'none' && !requests.some(({ operations }) => operations.some(isEnd));
}

function isEnd({ type }: ExactOperation): boolean {
  return ENDS.has(type);
}

/** The names of what a request changes. */
export function changesOf({ operations }: Ran): string[] {
  return operations.flatMap(({ type, name }) => (CHANGES.has(type) && name ? [name] : []));
}

/** The users whom a request signs in. */
export function signInsOf({ operations }: Ran): string[] {
  return operations.flatMap((operation) => (operation.type === 'login' ? [operation.user] : []));
}

/**
 * The browser whose session it was in the beginning: a session takes that along to each new id, until it
 * ends or another user signs in.
 */
export function originOf(session: Pick<Sight, 'attributes'> | null | undefined): Owner | undefined {
  if (session?.attributes['home'] === true) return 'home';
  return session?.attributes['device'] === true ? 'device' : undefined;
}

/** The sessions that are left of the one that a browser had in the beginning: one, or none. */
export function leftOf({ stored }: History, origin: Owner): Stored[] {
  return [...stored.values()].filter((session) => originOf(session) === origin);
}

/** Everything that requests were shown, and what it came with. */
export function sightsOf({ answer: { report } }: Ran): Sight[] {
  return report === undefined ? [] : [report.before, ...report.after].filter((one) => one !== null);
}
