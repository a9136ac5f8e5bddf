import 'express-session';

declare module 'express-session' {
  /** What the tests keep in sessions. */
  interface SessionData {
    count?: number;
    label?: string;
    items?: string[];
  }
}
