/** How long a session lives, in milliseconds. */
export interface Timeouts {
  /** Since it was last used. */
  readonly idle: number;
  /** Since it began; `null` for no limit. */
  readonly absolute: number | null;
}

/**
 * Returns the timeouts for a cookie with this lifetime. An idle timeout that was not chosen takes its value,
 * and then lifts an absolute timeout that was not chosen and is shorter.
 * @param isChosen which of the two the options set
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
