/** What the gate asks of the request and the session that its response belongs to. */
export interface GatedExchange {
  /** Stores what is to be stored; `undefined` when the response may leave at once. */
  settle(): Promise<void> | undefined;
  /** Returns the `Set-Cookie` value for this response; called once, just before its headers leave. */
  setCookie(): string | undefined;
  /** True when the response already tells its client of this error, so that it may leave as it is. */
  isAnswered(error: Error): boolean;
  /** Called when storing failed before anything was sent: makes another response from this error. */
  refuse(error: Error): void;
  /** Called when storing failed, and it is too late to tell the client. */
  report(error: unknown): void;
  /** Called when something was stored after the headers had left, too late for a cookie. */
  missedCookie(): void;
}
