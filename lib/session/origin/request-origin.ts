/** What a request says about where it comes from, and what it may do. Read only where that matters. */
export interface RequestOrigin {
  /** Its method, as the application sees it. */
  readonly method: string | undefined;
  /** The method that it came with, if a middleware has put another one in its place. */
  readonly methodOnWire: string | undefined;
  /** True for a request to go on with another protocol, such as that of a WebSocket. */
  readonly isHandshake: boolean;
  /** Its `Sec-Fetch-Site`. */
  readonly fetchSite: string | undefined;
  /** Its `Origin`. */
  readonly origin: string | undefined;
  /** The hosts that it was sent to, as it says itself, and as a trusted proxy does. */
  readonly hosts: readonly string[];
  /** The whole path that the client asked for, without the query. */
  readonly path: string;
}
