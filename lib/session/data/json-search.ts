import { types } from 'node:util';
import {
  BIGINT,
  CYCLE,
  FUNCTION,
  instance,
  INVALID_DATE,
  notFinite,
  PROTO_KEY,
  SYMBOL,
  UNDEFINED_ELEMENT,
  unreadable,
} from './offender.js';
import type { Offender } from './offender.js';

/** How deep data may be nested: code that walks through it needs stack for every level. */
export const MAX_DEPTH = 500;

const TOO_DEEP: Offender = { is: `nested more than ${MAX_DEPTH} levels deep` };

/** A property's name, or the index of an element. */
type Step = string | number;

/**
 * Searches a value for what would not come back from JSON as it is. It lets through: plain objects and arrays
 * of any realm, strings, finite numbers, booleans, `null`, valid dates, whatever has a `toJSON()` and, as a
 * property, `undefined`. Everything else is an offender.
 */
export class JsonSearch {
  /** The objects and arrays that lead to what is being looked at. */
  private readonly ancestors: object[] = [];
  /** Where in each of these it is. */
  private readonly steps: Step[] = [];

  /** Returns the first offender in a value, if there is one. */
  offenderIn(value: unknown, name: string): Offender | undefined {
    try {
      return this.find(value, name, false);
    } catch (error) {
      return unreadable(error);
    }
  }

  /** Where the offender is within the value, such as `.items[2]`; empty for the value itself. */
  get path(): string {
    const steps = this.steps.slice(0, this.ancestors.length);
    return steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  }

  private find(value: unknown, step: Step, isElement: boolean): Offender | undefined {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return undefined;
      case 'number':
        return Number.isFinite(value) ? undefined : notFinite(value);
      case 'object':
        if (value === null) return undefined;
        if (hasToJson(value)) return this.findInWritten(value, step, isElement);
        return isPlain(value) ? this.within(value) : instance(value);
      case 'undefined':
        return isElement ? UNDEFINED_ELEMENT : undefined;
      case 'bigint': {
        const boxed: object = Object(value); // some applications give BigInt.prototype a toJSON()
        return hasToJson(boxed) ? this.findInWritten(boxed, step, isElement) : BIGINT;
      }
      case 'function':
        return FUNCTION;
      case 'symbol':
        return SYMBOL;
    }
  }

  /** Searches an object that says itself how it is written. */
  private findInWritten(value: WithToJson, step: Step, isElement: boolean): Offender | undefined {
    if (types.isDate(value) && Number.isNaN(value.getTime())) return INVALID_DATE;
    const written = value.toJSON(String(step));
    if (typeof written !== 'object' || written === null) return this.find(written, step, isElement);
    // JSON does not call the toJSON() of what toJSON() returned: a Date would be emptied.
    const isEmptied = !isPlain(written) && Object.keys(written).length === 0;
    return isEmptied ? instance(written) : this.within(written);
  }

  private within(value: Properties): Offender | undefined {
    const { ancestors } = this;
    if (ancestors.includes(value)) return CYCLE;
    if (ancestors.length === MAX_DEPTH) return TOO_DEEP;
    return Array.isArray(value) ? this.inElements(value) : this.inProperties(value);
  }

  private inElements(array: readonly unknown[]): Offender | undefined {
    const { length } = array;
    const depth = this.ancestors.push(array) - 1;
    for (let index = 0; index < length; index += 1) {
      this.steps[depth] = index;
      const offender = this.find(array[index], index, true);
      if (offender !== undefined) return offender;
    }
    this.ancestors.pop(); // after an offender they stay, and say where it is
    return undefined;
  }

  private inProperties(object: Properties): Offender | undefined {
    const names = Object.keys(object);
    const depth = this.ancestors.push(object) - 1;
    for (const name of names) {
      this.steps[depth] = name;
      if (name === '__proto__') return PROTO_KEY;
      const offender = this.find(object[name], name, false);
      if (offender !== undefined) return offender;
    }
    this.ancestors.pop();
    return undefined;
  }
}

interface Properties {
  readonly [name: string]: unknown;
}

type Primitive = string | number | boolean | bigint | symbol | null | undefined;

interface WithToJson extends Properties {
  toJSON(key: string): Properties | Primitive;
}

/** True for what has a `toJSON()`, except a Buffer, which would be a Buffer no longer. */
function hasToJson(value: Partial<WithToJson>): value is WithToJson {
  return typeof value.toJSON === 'function' && !Buffer.isBuffer(value);
}

/**
 * True for an object or array of no class: its prototype ends the chain, or is an array, as those of
 * plain ones are in every realm.
 */
function isPlain(value: object): value is Properties {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  if (Array.isArray(value)) return Array.isArray(prototype);
  return Object.getPrototypeOf(prototype) === null;
}
