import { unsign } from 'cookie-signature';
import { OLD_SECRET, SECRET } from './sides.js';

const SECRETS = new Map([
  ['the secret', SECRET],
  ['the old secret', OLD_SECRET],
]);

export function cookiePair(setCookie: string): { name: string; value: string } {
  const [pair = ''] = setCookie.split(';');
  const equals = pair.indexOf('=');
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
}

/** True for a cookie that the browser has to drop. */
export function isClearing(setCookie: string): boolean {
  const expires = attributesOf(setCookie)['Expires'];
  return typeof expires === 'string' && new Date(expires).getTime() <= Date.now();
}

/**
 * The `Set-Cookie` headers of a response, attribute by attribute, each under its cookie's name.
 * @param withMaxAge false to leave `Max-Age` out where it says the same as `Expires`
 */
export function readSetCookies(
  setCookies: readonly string[],
  withMaxAge: boolean,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const setCookie of setCookies) {
    const { name, value } = cookiePair(setCookie);
    const key = name in read ? `${name} again` : name;
    const { Expires: expires, 'Max-Age': maxAge, ...attributes } = attributesOf(setCookie);
    const expiresIn = typeof expires === 'string' ? secondsUntil(expires) : undefined;
    const isTold = maxAge !== undefined && (withMaxAge || !saysSame(Number(maxAge), expiresIn));
    read[key] = {
      ...idIn(value),
      ...attributes,
      ...(expiresIn !== undefined && { expiresIn }),
      ...(isTold && { 'Max-Age': maxAge }),
    };
  }
  return read;
}

/** A lifetime of zero is over; otherwise the two are read a moment apart. */
function saysSame(maxAge: number, expiresIn: number | 'over' | undefined): boolean {
  if (expiresIn === 'over') return maxAge === 0;
  return expiresIn !== undefined && Math.abs(maxAge - expiresIn) <= 2;
}

/** Seconds from now; `'over'` for a time that has passed. */
export function secondsUntil(date: string): number | 'over' {
  const milliseconds = new Date(date).getTime() - Date.now();
  return milliseconds <= 0 ? 'over' : milliseconds / 1_000;
}

function idIn(value: string): Record<string, unknown> {
  const decoded = decodeURIComponent(value);
  for (const [signedWith, secret] of SECRETS) {
    const id = decoded.startsWith('s:') && unsign(decoded.slice(2), secret);
    if (typeof id === 'string') return { id, signedWith };
  }
  return { value };
}

function attributesOf(setCookie: string): Record<string, string | true> {
  const attributes = setCookie.split('; ').slice(1);
  return Object.fromEntries(
    attributes.map((attribute) => {
      const [name = '', value] = attribute.split(/=(.*)/s);
      return [name, value ?? true];
    }),
  );
}
