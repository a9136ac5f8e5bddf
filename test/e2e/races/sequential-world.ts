import { isDeepStrictEqual } from 'node:util';
import type { Keep } from './plan.js';
import type { Sight } from './race-app.js';

export type Attributes = Readonly<Record<string, unknown>>;
export type Changes = readonly (readonly [name: string, value: unknown])[];

export const NONE: Attributes = {};

/** A session that lives: under its name, which stands for its id. */
export interface Living {
  readonly user: string | undefined;
  readonly attributes: Attributes;
}

/** What stands where a session was that has another name since. */
export interface Mark {
  readonly to: string;
  readonly edge: 'same-user' | 'sign-in';
}

/** A request under way, with its copy of the session. */
export interface Running {
  /** How many of its operations are done; -1 before the session is loaded. */
  readonly done: number;
  readonly hasAnswered: boolean;
  /** `rotated`: a sign-in has made another session of it. */
  readonly state: 'open' | 'rotated' | 'gone' | 'ended';
  /** The session in its hands; `undefined` for one that is not stored. */
  readonly name: string | undefined;
  /** The name by which it came, or was under way, where a mark stands by now. */
  readonly formerName: string | undefined;
  readonly user: string | undefined;
  readonly base: Attributes;
  readonly view: Attributes;
  /** How many names it has given. */
  readonly named: number;
  /** Its session has a name that it was not sent with, and may tell its client. */
  readonly hasNewName: boolean;
  readonly hasEndedOne: boolean;
  /** Its last operation was to store the session. */
  readonly hasJustStored: boolean;
  /** An operation was refused, because the session has another id: it does no more. */
  readonly isRefused: boolean;
}

export interface World {
  readonly living: Readonly<Record<string, Living>>;
  readonly running: readonly Running[];
  readonly marks: Readonly<Record<string, Mark>>;
  /** The session that each cookie leads to, by who was given it; names, not ids. */
  readonly cookies: Readonly<Record<number, string>>;
}

/** What a request may do next; `undefined` where its answer says something else happened. */
export type Outcome = { readonly world: World; readonly self: Running } | undefined;

/** Where the marks lead that begin at a name. */
export interface Trail {
  readonly edges: readonly Mark['edge'][];
  readonly end: string;
  /** `unknown`: there are more marks than anyone follows. */
  readonly is: 'live' | 'over' | 'unknown';
}

const MOST_MARKS = 4;

export function trailFrom({ living, marks }: World, name: string): Trail {
  const edges: Mark['edge'][] = [];
  for (let end = name; ;) {
    const mark = marks[end];
    if (living[end] !== undefined) return { edges, end, is: 'live' };
    if (mark === undefined) return { edges, end, is: 'over' };
    if (edges.length === MOST_MARKS) return { edges, end, is: 'unknown' };
    edges.push(mark.edge);
    end = mark.to;
  }
}

/** What becomes of a request that finds marks, and goes on if it may. */
export function meaningOf({ edges, is }: Trail): 'follow' | 'over' | 'refuse' {
  if (is === 'over') return 'over';
  return is === 'live' && edges.every((edge) => edge === 'same-user') ? 'follow' : 'refuse';
}

/** The same, for one that is about to store or end its session: it may have it where it is now. */
export function where(world: World, self: Running): Running | 'gone' | 'refused' {
  const { name } = self;
  if (name === undefined || world.living[name] !== undefined) return self;
  const trail = trailFrom(world, name);
  const meaning = meaningOf(trail);
  if (meaning === 'over') return 'gone';
  if (meaning === 'refuse') return 'refused';
  return followed(self, name, trail);
}

/** The request goes on with its session under a name that it is not told. */
function followed(self: Running, from: string, { end }: Trail): Running {
  return { ...self, name: end, formerName: self.formerName ?? from, hasNewName: false };
}

export function changesBetween(base: Attributes, view: Attributes): Changes {
  const names = new Set([...Object.keys(base), ...Object.keys(view)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(base[name], view[name]))
    .map((name) => [name, view[name]]);
}

export function merged(attributes: Attributes, changes: Changes): Attributes {
  const all = { ...attributes, ...Object.fromEntries(changes) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function kept(attributes: Attributes, keep: Keep): Attributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return NONE;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}

export function without<T>(
  all: Readonly<Record<string, T>>,
  name: string | undefined,
): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}

export function isSame(sight: Sight, user: string | undefined, attributes: Attributes): boolean {
  return sight.user === user && isDeepStrictEqual(sight.attributes, attributes);
}
