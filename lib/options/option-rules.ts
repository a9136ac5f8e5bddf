import { ValidateBy, ValidateIf } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { isCookieDomain, isCookiePath } from './cookie/cookie-rules.js';
import { isLonger, parseDuration } from './duration.js';
import { typeName } from '../reporting/type-name.js';

/**
 * A rule for one option. An error shows only the type of the value, since that may be a secret.
 * @param remedy what the option must be
 * @param found describes a value
 */
export function Rule(
  name: string,
  remedy: string,
  holds: (value: unknown, options: object) => boolean,
  found: (value: unknown) => string = typeName,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {}),
      defaultMessage: (args?: ValidationArguments) => `is ${found(args?.value)}; ${remedy}`,
    },
  });
}

export function IsSecret(): PropertyDecorator {
  return Rule(
    'isSecret',
    'give a random string (`openssl rand -base64 32` makes one) or a Buffer, or an array of them: the first signs, all verify. It belongs in the environment, not in the code',
    (secret) => {
      const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
      return secrets.length > 0 && secrets.every(isOneSecret);
    },
    secretFound,
  );
}

function secretFound(secret: unknown): string {
  if (!Array.isArray(secret)) return typeName(secret);
  if (secret.length === 0) return 'missing (is the environment variable set?)';
  return `an array with an entry that is ${typeName(secret.find((one) => !isOneSecret(one)))}`;
}

function isOneSecret(value: unknown): boolean {
  return (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0;
}

/** For an option that may be left out or `undefined`. Unlike IsOptional(), it refuses null. */
export function IsLeftOutOr(): PropertyDecorator {
  return ValidateIf((_options, value: unknown) => value !== undefined);
}

export function IsDuration(): PropertyDecorator {
  return Rule(
    'isDuration',
    "give milliseconds as a number above zero, or a number and a unit, such as '90s', '30m', '12h' or '7d'",
    (duration) => parseDuration(duration) !== undefined,
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
    (cookie) => typeof cookie === 'function' || (isObject(cookie) && !Array.isArray(cookie)),
  );
}

export function IsWithinAbsoluteTimeout(): PropertyDecorator {
  return Rule(
    'idleWithinAbsolute',
    'idleTimeout must not be longer than absoluteTimeout; shorten it, or set absoluteTimeout to null for no limit',
    (idle, options) => !isLonger(idle, Reflect.get(options, 'absoluteTimeout')),
  );
}

const MIN_KEY_LENGTH = 32;

export function HasEncryptionKeys(): PropertyDecorator {
  return Rule(
    'hasKeys',
    `give { keys: [...] } with at least one random string of ${MIN_KEY_LENGTH} characters or more`,
    (encryption) => {
      const keys = isObject(encryption) && Reflect.get(encryption, 'keys');
      return isNonEmptyArray(keys) && Object.values(keys).every(isLongKey);
    },
  );
}

function isLongKey(key: unknown): boolean {
  return typeof key === 'string' && key.length >= MIN_KEY_LENGTH;
}

export function IsLimit(): PropertyDecorator {
  return Rule(
    'isLimit',
    "give { max, onExceed }: a whole number above zero or a function of the user id, and 'evict-oldest' or 'reject'",
    (limit) => {
      if (!isObject(limit)) return false;
      const max: unknown = Reflect.get(limit, 'max');
      const isCount = typeof max === 'number' && Number.isSafeInteger(max) && max > 0;
      if (!isCount && typeof max !== 'function') return false;
      return ['evict-oldest', 'reject'].includes(Reflect.get(limit, 'onExceed'));
    },
  );
}

export function AreRoutes(): PropertyDecorator {
  const remedy = 'give an array of paths, controllers or { path, method }';
  return Rule('areRoutes', remedy, isNonEmptyArray);
}

export function AreExclusions(): PropertyDecorator {
  return Rule('areExcluded', 'give an array of paths or { path, method }', Array.isArray);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isNonEmptyArray(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}
