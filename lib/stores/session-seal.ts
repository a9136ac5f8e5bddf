/** What a seal kept closed. */
export interface OpenedSeal {
  /** The text that was sealed. */
  readonly text: string;
  /** True when an older key sealed it, so that it is due to be sealed anew. */
  readonly isStale: boolean;
}

/**
 * The port of a store that keeps nothing: the record itself travels in the cookie, sealed, so that
 * a browser can neither read nor change it. The other port is {@link SessionStore}.
 */
export interface SessionSeal {
  /**
   * Seals a text into a token of base64url characters and dots, as a cookie can carry.
   * @param former a token that it takes the place of, whose key is to seal this one as well
   */
  seal(text: string, former?: string): string;

  /** What is in a token; `undefined` for one that none of the keys sealed, whatever it is. */
  open(token: string): OpenedSeal | undefined;
}

/** True for an object that implements this port. */
export function isSessionSeal(store: object): store is SessionSeal {
  return ['seal', 'open'].every((method) => typeof Reflect.get(store, method) === 'function');
}
