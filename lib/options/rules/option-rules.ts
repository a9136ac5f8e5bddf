import { ValidateBy, ValidateIf } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { harmlessValue } from '../../reporting/harmless-value.js';
import { isCookieDomain, isCookiePath } from '../cookie/cookie-rules.js';
import { isLonger, isTooLong, LONGEST_DURATION, parseDuration } from '../duration.js';
import { isOptionsObject } from '../options-object.js';
import { promiseMistake } from '../promise-mistake.js';

/** Whether a value is what an option must be, given the other options. */
type Holds = (value: unknown, options: object) => boolean;

/**
 * Makes a rule for one option that is not secret: errors show its value.
 * @param remedy what the option must be
 */
export function Rule(name: string, remedy: string, holds: Holds): PropertyDecorator {
  return RuleThatTells(name, holds, (value) => `is ${harmlessValue(value)}; ${remedy}`);
}

/**
 * Makes a rule for one option.
 * @param problem says what is wrong with a value, and what to write instead
 */
export function RuleThatTells(
  name: string,
  holds: Holds,
  problem: (value: unknown) => string,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {}),
      defaultMessage: (args?: ValidationArguments) =>
        promiseMistake(args?.value) ?? problem(args?.value),
    },
  });
}

/** For an option that may be left out or `undefined`. Unlike IsOptional(), it refuses null. */
export function IsLeftOutOr(): PropertyDecorator {
  return ValidateIf((_options, value: unknown) => value !== undefined);
}

const DURATION =
  "milliseconds as a number above zero, or a number and a unit, such as '90s', '30m', '12h' or '7d'";

function DurationRule(name: string, remedy: string, holds: Holds): PropertyDecorator {
  const remedyFor = (value: unknown): string =>
    isTooLong(value) ? `it must not be longer than ${LONGEST_DURATION}` : remedy;
  return RuleThatTells(name, holds, (value) => `is ${harmlessValue(value)}; ${remedyFor(value)}`);
}

export function IsDuration(): PropertyDecorator {
  return DurationRule(
    'isDuration',
    `give ${DURATION}`,
    (duration) => parseDuration(duration) !== undefined,
  );
}

/**
 * For a duration that may be `null` or `undefined`.
 * @param meaning what `null` stands for
 */
export function IsDurationOrNull(meaning: string): PropertyDecorator {
  return DurationRule(
    'isDurationOrNull',
    `give ${DURATION}, or null for ${meaning}`,
    (duration) => (duration ?? null) === null || parseDuration(duration) !== undefined,
  );
}

/** For a duration that may be 0, which means none. */
export function IsDurationOrZero(): PropertyDecorator {
  return DurationRule(
    'isDurationOrZero',
    "give 0, milliseconds as a number, or a number and a unit, such as '500ms', '10s' or '1m'",
    (duration) => duration === 0 || parseDuration(duration) !== undefined,
  );
}

/** @param max in milliseconds */
export function IsNoLongerThan(max: number): PropertyDecorator {
  return Rule(
    'isNoLongerThan',
    `it must not be longer than ${Math.floor(max / 86_400_000)} days`,
    (duration) => (parseDuration(duration) ?? 0) <= max,
  );
}

export function IsFlag(): PropertyDecorator {
  return Rule('isFlag', 'give true or false', (flag) => typeof flag === 'boolean');
}

export function IsChoice(...choices: readonly unknown[]): PropertyDecorator {
  const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
  return Rule('isChoice', `give one of ${list}`, (value) => choices.includes(value));
}

export function IsCallback(signature: string): PropertyDecorator {
  return Rule(
    'isCallback',
    `give a function: ${signature}`,
    (value) => typeof value === 'function',
  );
}

/** The token characters of RFC 9110: a cookie name consists of these. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function IsCookieName(): PropertyDecorator {
  return Rule(
    'isCookieName',
    "give a cookie name: letters, digits and any of !#$%&'*+-.^_`|~",
    (name) => typeof name === 'string' && TOKEN.test(name),
  );
}

export function IsPath(): PropertyDecorator {
  return Rule(
    'isPath',
    "give a path that begins with a slash and has no semicolon, such as '/' or '/admin'",
    (path) => typeof path === 'string' && path.startsWith('/') && isCookiePath(path),
  );
}

export function IsDomain(): PropertyDecorator {
  return Rule(
    'isDomain',
    "give a host name such as 'example.com', or leave it out to keep the cookie to one host",
    (domain) => typeof domain === 'string' && domain !== '' && isCookieDomain(domain),
  );
}

export function IsCookie(): PropertyDecorator {
  return Rule(
    'isCookie',
    'give an object of cookie attributes, or a function (request) => attributes',
    (cookie) => typeof cookie === 'function' || isOptionsObject(cookie),
  );
}

export function IsWithinAbsoluteTimeout(): PropertyDecorator {
  return Rule(
    'idleWithinAbsolute',
    'idleTimeout must not be longer than absoluteTimeout; shorten it, or set absoluteTimeout to null for no limit',
    (idle, options) => !isLonger(idle, Reflect.get(options, 'absoluteTimeout')),
  );
}

export function IsLimit(): PropertyDecorator {
  return RuleThatTells(
    'isLimit',
    (limit) => {
      if (!isObject(limit)) return false;
      const max: unknown = Reflect.get(limit, 'max');
      const isCount = typeof max === 'number' && Number.isSafeInteger(max) && max > 0;
      if (!isCount && typeof max !== 'function') return false;
      return ['evict-oldest', 'reject'].includes(Reflect.get(limit, 'onExceed'));
    },
    (limit) =>
      `is ${limitFound(limit)}; give { max, onExceed }: a whole number above zero or a function of the user id, and 'evict-oldest' or 'reject'`,
  );
}

function limitFound(limit: unknown): string {
  if (!isObject(limit)) return harmlessValue(limit);
  const [max, onExceed] = ['max', 'onExceed'].map((name) => Reflect.get(limit, name));
  return `{ max: ${harmlessValue(max)}, onExceed: ${harmlessValue(onExceed)} }`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
