// What express-session's own tests get for `require('../')`: Sesame, under the name of express-session.
// docs/differences.md says how the options map.
const session = require('express-session');
const { Logger } = require('@nestjs/common');
const { createSessionMiddleware } = require('nestjs-sesame');

Logger.overrideLogger(false); // The tests cause errors that Sesame would log.

/** What express-session does by default, as far as Sesame has an option for it. */
const DEFAULTS = { hashIds: false, saveUninitialized: true, unset: 'keep' };
const COOKIE_DEFAULTS = { secure: false, sameSite: false };

module.exports = function sesame({ key, cookie, ...options } = {}) {
  return createSessionMiddleware({
    ...DEFAULTS,
    ...(key !== undefined && { name: key }),
    ...options,
    cookie: typeof cookie === 'function' ? cookie : { ...COOKIE_DEFAULTS, ...cookie },
  });
};

const { Cookie, MemoryStore, Session, Store } = session;
Object.assign(module.exports, { Cookie, MemoryStore, Session, Store });
