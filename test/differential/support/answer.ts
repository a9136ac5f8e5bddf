import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A response as the client got it. */
export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: Record<string, string>;
  readonly setCookies: readonly string[];
  readonly body: string;
  readonly trailers: Record<string, string>;
  /** The status codes of the interim responses before it. */
  readonly information: readonly number[];
  /** False when the connection broke before the end. */
  readonly isComplete: boolean;
}

/** The connection ended without a response. */
export const NO_ANSWER: Answer = {
  status: 0,
  message: '',
  headers: {},
  setCookies: [],
  body: '',
  trailers: {},
  information: [],
  isComplete: false,
};

export async function answerOf(
  response: IncomingMessage,
  information: readonly number[],
): Promise<Answer> {
  const chunks: Buffer[] = [];
  let isComplete = true;
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch {
    isComplete = false;
  }
  return {
    status: response.statusCode ?? 0,
    message: response.statusMessage ?? '',
    headers: plainHeaders(response.headers),
    setCookies: response.headers['set-cookie'] ?? [],
    body: Buffer.concat(chunks).toString(),
    trailers: plainHeaders(response.trailers),
    information,
    isComplete,
  };
}

/** Leaves out what differs from run to run, and Set-Cookie, which is compared by itself. */
export function plainHeaders(
  headers: IncomingHttpHeaders | NodeJS.Dict<string>,
): Record<string, string> {
  const entries = Object.entries(headers).filter(
    ([name]) => name !== 'date' && name !== 'set-cookie' && !name.startsWith(':'),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
