import { recordOf } from '../scenarios/parts.js';
import type { Differing } from './difference.js';

/** The cookie that a new session gets under the options of the baseline, as it is observed. */
export const issued = (id = 'sid-1a', more: object = {}): object => ({
  id,
  signedWith: 'the secret',
  Path: '/',
  HttpOnly: true,
  SameSite: 'Lax',
  ...more,
});

/** The cookie that makes the browser drop its own. */
export const cleared = (): object => ({
  value: '',
  Path: '/',
  HttpOnly: true,
  SameSite: 'Lax',
  expiresIn: 'over',
});

/** A session as the standard application shows it. */
export const shown = (data: object, attributes: object = {}): object => ({
  id: true,
  data,
  attributes: {
    path: '/',
    httpOnly: true,
    secure: false,
    sameSite: 'lax',
    originalMaxAge: null,
    lifetime: 'none',
    ...attributes,
  },
});

export const counting = (count: number): object => recordOf({ count });

/** Neither a status nor a body: no response was sent. */
export const NOTHING = [0, ''] as const;
/** The body of a response to an error, whichever it was. */
export const ERROR = 'an error was told';
/** What is noted of an error for which it is too late to answer. */
export const TOO_LATE = 'an error after the headers had left';
/** A response to an error of the store. */
export const UNAVAILABLE = [503, ERROR] as const;
/** Where Sesame first looks at a record of express-session. */
export const TIMES_ARE_WRITTEN: Differing = {
  'store.calls': ['get known, get known', 'get known, set known, get known'],
};
