/** What a handler of the run throws on purpose. */
export class OwnError extends Error {
  readonly status = 500;
  override message = 'the handler threw';
}

/** What Node tells a handler that misuses its response. */
const NODE = new Set([
  'ERR_HTTP_HEADERS_SENT',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_ALREADY_FINISHED',
]);

/** What express-session, or the application's own data, tell a handler that misuses its session. */
const OWN = [
  /^maxAge must be a number or Date$/,
  /^failed to load session$/,
  /^toJSON of the application threw$/,
  /^session\..* cannot be stored: it is /s,
];

/** An error that says what it is: an HTTP exception, one of Node's own, or the handler's. */
export function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (typeof Reflect.get(error, 'status') === 'number') return true;
  if (NODE.has(String(Reflect.get(error, 'code')))) return true;
  return OWN.some((message) => message.test(error.message));
}

export function statusOf(error: unknown): number {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' ? status : 500;
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
