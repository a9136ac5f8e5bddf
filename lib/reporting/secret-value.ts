import { typeName } from './type-name.js';

/** Describes what was given as a secret, or as several, in an error, without showing it. */
export function secretValue(value: unknown): string {
  if (!Array.isArray(value)) return oneSecret(value);
  if (value.length === 0) return `missing ${UNSET}`;
  return `an array with an entry that is ${oneSecret(value.find((one) => !isSecret(one)))}`;
}

/** True for text or bytes, unless there is nothing in them. */
export function isSecret(value: unknown): value is string | Buffer {
  return (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0;
}

const UNSET = '(is the environment variable set?)';

function oneSecret(value: unknown): string {
  if (value === undefined || value === '') return `${typeName(value)} ${UNSET}`;
  return Buffer.isBuffer(value) ? 'an empty Buffer' : typeName(value);
}
