import 'express-session';
import type { PreferenceName } from './preferences/preference.dto.js';

declare module 'express-session' {
  /** What this application keeps in a session: each preference under a key of its own. */
  interface SessionData extends Record<PreferenceName, string> {
    cart: string[];
    visits: number;
  }
}
