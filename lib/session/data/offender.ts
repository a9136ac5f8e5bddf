import { types } from 'node:util';
import { classNameOf, withArticle } from '../../reporting/class-name.js';

/** Something in a session that JSON cannot carry. */
export interface Offender {
  /** As in "it is a BigInt". */
  readonly is: string;
  /** What can be kept in its place. */
  readonly instead?: string;
  readonly cause?: unknown;
}

export const CYCLE: Offender = { is: 'a cycle' };
export const PROTO_KEY: Offender = { is: 'a __proto__ key' };
export const FUNCTION: Offender = { is: 'a function' };
export const SYMBOL: Offender = { is: 'a symbol' };
export const BIGINT: Offender = { is: 'a BigInt', instead: 'String(bigint)' };
export const INVALID_DATE: Offender = {
  is: 'an invalid Date, which JSON would turn into null',
  instead: 'null, or a valid date',
};
export const UNDEFINED_ELEMENT: Offender = {
  is: 'undefined in an array, which JSON would turn into null',
  instead: 'null, or leave it out',
};

/** For NaN and the infinities. */
export function notFinite(number: number): Offender {
  return {
    is: `${number}, which JSON would turn into null`,
    instead: 'null, or a finite number',
  };
}

/** For what throws when it is read: a getter, a `toJSON()`, a proxy. */
export function unreadable(cause: unknown): Offender {
  return { is: 'unreadable: what was called to read it threw', cause };
}

/** For an object of a class that has no `toJSON()`. */
export function instance(value: object): Offender {
  const name = classNameOf(value);
  if (name === undefined) {
    return { is: 'an object with a prototype of its own', instead: '{ ...object }' };
  }
  return { is: `${withArticle(name)}, ${inJson(value)}`, instead: insteadOf(name, value) };
}

/** Describes what JSON would make of it. */
function inJson(value: object): string {
  if (types.isBoxedPrimitive(value)) return 'which JSON would unwrap';
  if (Array.isArray(value)) return 'which JSON would turn into a plain array';
  const isEmptied = !Buffer.isBuffer(value) && Object.keys(value).length === 0;
  return isEmptied ? 'which JSON would empty' : 'which JSON would turn into a plain object';
}

const BYTES = "base64 text: Buffer.from(bytes).toString('base64')";

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['Map', '[...map]'],
  ['Set', '[...set]'],
  ['Promise', 'what it resolves to: await it first'],
  ['RegExp', 'regexp.source'],
  ['URLSearchParams', 'String(params)'],
  ['Headers', 'Object.fromEntries(headers)'],
  ['FormData', 'Object.fromEntries(form)'],
  ['Buffer', BYTES],
  ['Uint8Array', BYTES],
  ['ArrayBuffer', BYTES],
  ['SharedArrayBuffer', BYTES],
  ['DataView', "base64 text: Buffer.from(view.buffer).toString('base64')"],
]);

function insteadOf(name: string, value: object): string {
  const known = INSTEAD.get(name);
  if (known !== undefined) return known;
  if (types.isNativeError(value)) return 'error.message';
  if (types.isBoxedPrimitive(value)) return 'what its valueOf() returns';
  if (Symbol.iterator in value) return '[...iterable]';
  return '{ ...object }, or give its class a toJSON()';
}
