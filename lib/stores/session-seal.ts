/** What was in a token. */
export interface OpenedSeal {
  /** The text that was sealed. */
  readonly text: string;
  /** True when an older key sealed it, so that it should be sealed again with the current one. */
  readonly isStale: boolean;
}

/**
 * The port of a store that keeps nothing: the record itself is in the cookie, sealed, so that a browser
 * can neither read nor change it. The other port is {@link SessionStore}.
 */
export interface SessionSeal {
  /**
   * Seals a text into a token of base64url characters and dots, which a cookie can hold.
   * @param former the token that it replaces, if any: the key that sealed that one seals this one, too
   */
  seal(text: string, former?: string): string;

  /** Opens a token; `undefined` for any text that none of the keys sealed. */
  open(token: string): OpenedSeal | undefined;
}

/** True for an object that implements this port. */
export function isSessionSeal(store: object): store is SessionSeal {
  return ['seal', 'open'].every((method) => typeof Reflect.get(store, method) === 'function');
}
