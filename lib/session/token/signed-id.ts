import { sign, unsign } from 'cookie-signature';
import type { VerifiedCookie } from './cookie-reading.js';

/** An HMAC with SHA-256 in base64 without padding. */
const SIGNATURE_LENGTH = 43;
const PREFIX = 's:';

/** A prefix, an id of one character, a dot and a signature. */
export const MIN_SIGNED_LENGTH = PREFIX.length + 2 + SIGNATURE_LENGTH;

/** Signs an id with the first of the secrets, for a cookie, in express-session's format. */
export function signedId(id: string, [signingSecret = '']: readonly (string | Buffer)[]): string {
  return PREFIX + sign(id, signingSecret);
}

/** Returns the id in a cookie's value, if one of the secrets signed it; stale if that was not the first. */
export function verifySignedId(
  raw: string,
  secrets: readonly (string | Buffer)[],
): VerifiedCookie | undefined {
  const value = decodeValue(raw);
  if (value === undefined || !hasSignature(value)) return undefined;
  const signed = value.slice(PREFIX.length);
  for (const [index, secret] of secrets.entries()) {
    const id = unsign(signed, secret);
    if (id !== false && id !== '') return { id, isStale: index > 0, signed: value };
  }
  return undefined;
}

/** True if the value has the form of a signed id: checking that costs less than computing a signature. */
function hasSignature(value: string): boolean {
  return value.startsWith(PREFIX) && value.lastIndexOf('.') === value.length - SIGNATURE_LENGTH - 1;
}

/** Decodes the value of a cookie; `undefined` if it cannot be a session cookie. */
function decodeValue(raw: string): string | undefined {
  const unquoted = raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw;
  if (!unquoted.includes('%')) return unquoted;
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return undefined;
  }
}
