import type { SessionObjects } from '../../session/edge.js';
import { attributesOf, fill } from './object-attributes.js';
import { cookieAttributesOf, cookieIn, createCookie, renewCookie } from './object-cookie.js';
import { SessionObject } from './session-object.js';

/** Session objects of express-session's kind, which all edges give to applications. */
export const SESSION_OBJECTS: SessionObjects = {
  create: (identity, request, cookie, attributes) =>
    new SessionObject(identity, request, createCookie(cookie), attributes),
  attributesOf,
  fill,
  cookieOf(object) {
    const cookie = cookieIn(object);
    return cookie && cookieAttributesOf(cookie);
  },
  renewCookie,
};
