/** How long a session lives, in milliseconds. */
export interface Timeouts {
  /** Since it was last used. */
  readonly idle: number;
  /** Since it began; `null` for no limit. */
  readonly absolute: number | null;
}

/**
 * The timeouts for a cookie of this lifetime: an idle timeout that nobody chose takes its value, and an
 * absolute timeout that nobody chose makes room for it.
 * @param isChosen which of the two the options name
 */
export function followCookie(
  maxAge: number | null | undefined,
  timeouts: Timeouts,
  isChosen: { readonly idle: boolean; readonly absolute: boolean },
): Timeouts {
  if (isChosen.idle || typeof maxAge !== 'number' || maxAge <= 0) return timeouts;
  const { absolute } = timeouts;
  const isTooShort = absolute !== null && absolute < maxAge;
  return { idle: maxAge, absolute: isTooShort && !isChosen.absolute ? null : absolute };
}
