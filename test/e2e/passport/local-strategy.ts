import passport from 'passport';
import { Strategy } from 'passport-local';

declare global {
  namespace Express {
    interface User {
      name: string;
    }
  }
}

const PASSWORDS = new Map([
  ['ada', 'lovelace'],
  ['grace', 'hopper'],
]);

/** A Passport of its own that knows ada / lovelace and grace / hopper. */
export function createPassport(): passport.Authenticator {
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy((username, password, done) => {
      done(null, PASSWORDS.get(username) === password ? { name: username } : false);
    }),
  );
  authenticator.serializeUser((user, done) => done(null, user.name));
  authenticator.deserializeUser((name: string, done) => {
    done(null, PASSWORDS.has(name) ? { name } : false);
  });
  return authenticator;
}
