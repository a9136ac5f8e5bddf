import type { OptionalExcept } from '../optional-except.js';
import { AreExcludedPaths, AreTrustedOrigins } from './cross-origin.rules.js';

/** What the cross-origin check lets pass. */
export interface CrossOriginOptions extends OptionalExcept<CompleteCrossOriginOptions> {}

export class CompleteCrossOriginOptions {
  /**
   * Other origins whose requests count as the application's own: `https://app.example`, of any scheme, with
   * the port if it is not the scheme's default; `https://*.shop.example` for all hosts below `shop.example`;
   * or a function, which gets the origin as the browser sent it. `null`, which any page can have as its
   * origin, is never among them.
   * @default none
   */
  @AreTrustedOrigins()
  trustedOrigins: string[] | ((origin: string) => boolean) = [];

  /**
   * Paths that any origin may send requests to, such as `/auth/callback` of a sign-in by `form_post`: the
   * whole path that the client asks for, compared literally, or a function that gets it without the query.
   * @default none
   */
  @AreExcludedPaths()
  exclude: string[] | ((path: string) => boolean) = [];
}
