import { sign } from 'cookie-signature';
import { SECRET } from '../support/applications/nest-app.js';
import type { Random } from './random.js';

/** A session cookie as a browser holds it. */
export interface Held {
  readonly value: string;
  readonly id: string;
}

/** A `Cookie` header, and the one id that it validly claims, if any. */
export interface CookieHeader {
  readonly text: string | undefined;
  readonly id?: string | undefined;
}

export const NAME = 'connect.sid';

export function signed(id: string, secret = SECRET): string {
  return encodeURIComponent(`s:${sign(id, secret)}`);
}

/** What the server's `Set-Cookie` set; `undefined` if it cleared the cookie. */
export function heldOf(setCookie: string): Held | undefined {
  const value = /^connect\.sid=([^;]+)/.exec(setCookie)?.[1];
  if (value === undefined) return undefined;
  const text = decodeURIComponent(value);
  return { value, id: text.slice(2, text.lastIndexOf('.')) };
}

/** A header that may say anything; `own` and `others` are live sessions of this server. */
export function cookieHeader(
  random: Random,
  own: Held | undefined,
  others: readonly Held[],
): CookieHeader {
  const other = others.length > 0 && random.chance(0.1) ? random.pick(others) : undefined;
  const held = other ?? own;
  if (held === undefined)
    return { text: random.chance(0.5) ? undefined : junk(random, signed('x')) };
  const good = `${NAME}=${held.value}`;
  switch (random.below(8)) {
    case 0:
      return { text: junk(random, held.value) };
    case 1:
      return { text: `${junk(random, held.value)}; ${good}`, id: held.id };
    case 2:
      return { text: `${good};${junk(random, held.value)}`, id: held.id };
    case 3:
      return { text: `a=1; ${NAME}="${held.value}"; ${NAME}=${signed('later')}`, id: held.id };
    default:
      return { text: good, id: held.id };
  }
}

/** Nothing in here verifies or is the id of a session. */
function junk(random: Random, value: string): string {
  const plain = decodeURIComponent(value);
  const at = 2 + random.below(plain.length - 2);
  const changed = plain[at] === 'A' ? 'B' : 'A';
  const bytes = (length: number): string => visible(random, length);
  switch (random.below(12)) {
    case 0:
      return bytes(random.below(200)) || '=';
    case 1:
      return `${NAME}=${bytes(random.below(200))}`;
    case 2:
      return `${NAME}=${value.slice(0, random.below(value.length))}`;
    case 3:
      return `${NAME}=${encodeURIComponent(plain.slice(0, at) + changed + plain.slice(at + 1))}`;
    case 4:
      return `${NAME}=${value}${bytes(1 + random.below(4)).replace(/[";\s]/g, '')}A`;
    case 5:
      return `${NAME}=${signed(plain, 'not the secret')}`;
    case 6:
      return `${NAME}=${'%'.repeat(1 + random.below(40))}${value}`.slice(0, 4_000);
    case 7:
      return `${NAME}=${'x'.repeat(random.below(9_000))}`;
    case 8:
      return `${NAME}=j%3A${encodeURIComponent('{"__proto__":{"polluted":true}}')}; __proto__=1`;
    case 9:
      return Array.from({ length: random.below(300) }, () => `${NAME}=s%3A.`).join(';') || ';';
    case 10:
      return `${NAME}=${signed('')}; ${NAME}; =${value}; ${NAME}=s%3A`;
    default:
      return `${NAME}=%22${value}%22; ${NAME.toUpperCase()}=${value}; x${NAME}=${value}`;
  }
}

/** Any bytes that HTTP allows in a header: visible ones, spaces, tabs, and those above ASCII. */
function visible(random: Random, length: number): string {
  const one = (): string =>
    random.chance(0.2)
      ? random.text(1, 0x80, 0xff)
      : random.chance(0.05)
        ? '\t'
        : random.text(1, 0x20, 0x7e);
  return Array.from({ length }, one).join('');
}
