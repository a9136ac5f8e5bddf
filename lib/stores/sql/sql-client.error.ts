/** What Sesame itself has found out: that it must not send a statement, or cannot use the client. */
export class SqlClientError extends Error {
  override readonly name = 'SqlClientError';
}
