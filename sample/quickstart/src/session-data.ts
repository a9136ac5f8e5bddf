import 'express-session';

declare module 'express-session' {
  /** What this application keeps in a session: `Session` and `@Session()` know these attributes. */
  interface SessionData {
    cart: string[];
  }
}
